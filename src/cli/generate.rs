//! The manual page and completions for shells, made from the options.

use std::io;

use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use super::fields;
use super::table::command;
use super::verbs::Verb;
use crate::{check, nc};

/// What `--generate` makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The manual page, in roff.
    Manual,
    /// Completions for a shell.
    Shell(clap_complete::Shell),
}

impl Kind {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        if name == "man" { Some(Kind::Manual) } else { name.parse().ok().map(Kind::Shell) }
    }
}

/// Writes the manual page or completions.
///
/// # Errors
/// They cannot be written.
pub fn generate(kind: Kind, out: &mut dyn io::Write) -> io::Result<()> {
    match kind {
        Kind::Manual => manual(out),
        Kind::Shell(shell) => {
            let commands = commands().into_iter().map(|(word, command)| command.name(word));
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut command(None).subcommands(commands), "sniff", &mut text);
            out.write_all(&text)
        }
    }
}

/// What stands as the first word, and the options after it.
fn commands() -> Vec<(&'static str, Command)> {
    let verbs = Verb::all().map(|verb| (verb.name(), command(Some(verb))));
    let others = [(fields::WORD, fields::command()), (nc::WORD, nc::command()), (check::WORD, check::command())];
    verbs.chain(others).collect()
}

/// The page of the packet view, then a section for each other command.
fn manual(out: &mut dyn io::Write) -> io::Result<()> {
    let view = Man::new(command(None));
    view.render_title(out)?;
    view.render_name_section(out)?;
    writeln!(out, ".SH SYNOPSIS")?;
    synopsis(&command(None), out)?;
    view.render_description_section(out)?;
    view.render_options_section(out)?;
    for (word, command) in commands() {
        writeln!(out, ".SH SNIFF {}", word.to_uppercase())?;
        let options = command.get_arguments().next().is_some();
        let ends = command.get_after_long_help().is_some();
        writeln!(out, ".PP")?;
        synopsis(&command, out)?;
        let man = Man::new(command);
        part(out, |text| man.render_description_section(text))?;
        if ends {
            part(out, |text| man.render_extra_section(text))?;
        }
        if options {
            part(out, |text| man.render_options_section(text))?;
        }
    }
    view.render_version_section(out)
}

/// The options and words of a command, each option by its letter if it has one, with its value.
fn synopsis(command: &Command, out: &mut dyn io::Write) -> io::Result<()> {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let mut line = vec![bold(name)];
    for arg in command.get_arguments().filter(|arg| !arg.is_positional()) {
        let letter = arg.get_short().map(|letter| format!("-{letter}"));
        let long = || arg.get_long().map(|long| format!("--{long}"));
        line.extend([roman(" ["), bold(letter.or_else(long).unwrap_or_default())]);
        line.extend(value_of(arg).into_iter().flat_map(|value| [roman(" "), italic(value)]));
        line.push(roman("]"));
    }
    for arg in command.get_positionals() {
        line.extend([roman(" ["), italic(value_of(arg).unwrap_or_default()), roman("]")]);
    }
    Roff::new().text(line).to_writer(out)
}

/// What an option's value is called, or words.
fn value_of(arg: &Arg) -> Option<String> {
    let names = arg.get_value_names().filter(|_| arg.is_positional() || arg.get_action().takes_values())?;
    Some(names.join(" "))
}

/// A section without its heading, as a paragraph of another.
fn part(out: &mut dyn io::Write, render: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<()> {
    let mut text = Vec::new();
    render(&mut text)?;
    out.write_all(b".PP\n")?;
    let mut lines = text.split_inclusive(|&octet| octet == b'\n').filter(|line| !line.starts_with(b".SH "));
    lines.try_for_each(|line| out.write_all(line))
}
