//! The `sniff` command.

use std::env;
use std::ffi::OsString;
use std::process::{self, ExitCode};

use sniff::cli::{self, Stop};
use sniff::{check, message, nc, pipeline};
use sniff_captures::memory::Memory;

#[global_allocator]
static MEMORY: Memory = Memory { exhausted };

/// Ends the program, since there is no memory.
fn exhausted(octets: usize) -> ! {
    message::out_of_memory(octets);
    process::exit(i32::from(pipeline::EXIT_MEMORY))
}

fn main() -> ExitCode {
    let words: Vec<OsString> = env::args_os().collect();
    message::set_program(words.first());
    match words.get(1) {
        Some(word) if word == nc::WORD => return ExitCode::from(nc::run(&words[2..])),
        Some(word) if word == check::WORD => return ExitCode::from(check::run(&words[2..])),
        _ => {}
    }
    match cli::parse(&words) {
        Ok(args) => {
            args.warnings.iter().for_each(|warning| message::warning(warning));
            ExitCode::from(pipeline::run(&args))
        }
        Err(stop) => finish(&stop),
    }
}

/// Prints what stands instead of a run.
fn finish(stop: &Stop) -> ExitCode {
    let written = pipeline::show(&stop.stdout);
    if !stop.stderr.is_empty() {
        if stop.named {
            message::error(&stop.stderr);
        } else {
            message::line(&stop.stderr);
        }
    }
    match written {
        Ok(()) => ExitCode::from(stop.code),
        Err(error) => ExitCode::from(pipeline::unwritten(&error)),
    }
}
