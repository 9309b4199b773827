//! What is printed instead of packets: interfaces, link types, time stamp
//! types, and compiled filters.

use std::path::Path;

use sniff_captures::link;
use sniff_captures::live::{self, Live};
use sniff_filters::{Instruction, Target, dump};

use super::workers::Workers;
use super::{Failure, expression, unfiltered};
use crate::cli::{self, Args, Input, Listing};
use crate::message::{self, harmless};
use crate::sandbox::{self, Policy};
use crate::signals::Signals;

/// The DLT_ value of Ethernet.
const ETHERNET: i32 = 1;

/// Prints a listing.
pub(super) fn print(listing: Listing, args: &Args) -> Result<(), Failure> {
    let text = match listing {
        Listing::Interfaces => interfaces()?,
        Listing::LinkTypes => link_types(args)?,
        Listing::TimeStampTypes => time_stamp_types(args)?,
        Listing::Versions => versions(args)?,
    };
    Ok(super::show(&text)?)
}

/// Versions and what protects a run, found out by protecting this one.
fn versions(args: &Args) -> Result<String, Failure> {
    let active = sandbox::enter(&Policy::of(args, Vec::new())).map_err(Failure::Text)?;
    Ok(format!("{}sandbox: {active}\n", cli::version()))
}

fn interfaces() -> Result<String, Failure> {
    let mut text = String::new();
    for (at, device) in live::devices().map_err(Failure::Text)?.into_iter().enumerate() {
        text += &format!("{}.{}", at + 1, harmless(&device.name));
        if let Some(description) = device.description {
            text += &format!(" ({})", harmless(&description));
        }
        text += &format!(" [{}]\n", device.flags.join(", "));
    }
    Ok(text)
}

/// The interface that the options name.
fn chosen(args: &Args) -> Result<String, Failure> {
    match &args.input {
        Input::Live(names) => super::live::choose(names.last().map(String::as_str)),
        Input::File(_) | Input::List(_) => super::live::choose(None),
    }
}

fn link_types(args: &Args) -> Result<String, Failure> {
    let name = chosen(args)?;
    let (live, _) = Live::open(&name, &super::live::settings(args)).map_err(|error| Failure::Text(error.text))?;
    let monitor = if args.monitor { "when in monitor mode " } else { "" };
    let name = harmless(&name);
    let mut text = format!("Data link types for {name} {monitor}(use option -y to set):\n");
    for dlt in live.links() {
        text += &match link::name(dlt) {
            Some((name, description)) => {
                let printed = sniff_dissectors::has_printer(link::from_dlt(dlt));
                format!("  {name} ({description}){}\n", if printed { "" } else { " (printing not supported)" })
            }
            None => format!("  DLT {dlt} (printing not supported)\n"),
        };
    }
    Ok(text)
}

fn time_stamp_types(args: &Args) -> Result<String, Failure> {
    let name = chosen(args)?;
    let types = live::time_stamp_types(&name).map_err(|error| Failure::Text(error.text))?;
    let name = harmless(&name);
    if types.is_empty() {
        return Ok(format!("Time stamp type cannot be set for {name}\n"));
    }
    let mut text = format!("Time stamp types for {name} (use option -j to set):\n");
    for (name, description) in types {
        text += &format!("  {name} ({description})\n");
    }
    Ok(text)
}

/// `-d`: prints the compiled filter.
pub(super) fn program(args: &Args) -> Result<(), Failure> {
    let snaplen = args.snaplen;
    let target = match &args.input {
        Input::File(path) => file_target(path)?,
        Input::List(path) => {
            let paths = super::files::list(path)?;
            file_target(&paths[0])?
        }
        Input::Live(names) => {
            if let Some(name) = names.last() {
                return live_program(args, name);
            }
            let link = args.link.as_ref().map_or(ETHERNET, |link| link.0);
            if args.link.is_none() {
                message::line("Warning: assuming Ethernet");
            }
            Target { link, snaplen, mask: 0, savefile: false }
        }
    };
    let expression = expression::read(args)?;
    let workers = Workers::new(args, None)?;
    let pushed = workers.pushed(args, workers.condition(args)?.as_ref());
    let program = super::program(&expression, pushed.as_deref(), target, args.optimize)?;
    show(program.instructions(), args)
}

fn show(instructions: &[Instruction], args: &Args) -> Result<(), Failure> {
    Ok(super::show(&dump(instructions, args.dump))?)
}

/// The target of a file's packets.
fn file_target(path: &Path) -> Result<Target, Failure> {
    let shown = path.display();
    let signals = Signals::install().map_err(|error| Failure::Text(error.to_string()))?;
    let (_, records) = super::files::open(path, None, &signals)?;
    super::files::announce(path, records.interfaces());
    match records.interfaces().first() {
        Some(interface) => {
            Ok(Target { link: link::to_dlt(interface.link), snaplen: interface.snaplen, mask: 0, savefile: true })
        }
        None => Err(Failure::Text(format!("{shown}: no interface"))),
    }
}

/// The filter as it is compiled for an interface, which may have more to offer
/// than its link type.
fn live_program(args: &Args, name: &str) -> Result<(), Failure> {
    let name = super::live::choose(Some(name))?;
    let (live, warnings) =
        Live::open(&name, &super::live::settings(args)).map_err(|error| Failure::Text(error.text))?;
    for warning in warnings {
        message::warning(&warning);
    }
    let mask = live::network(&name).map_or(0, |(_, mask)| mask.into());
    let expression = expression::read(args)?;
    let target = Target { link: live.dlt(), snaplen: args.snaplen, mask, savefile: false };
    let instructions: Vec<Instruction> = live
        .instructions(&expression, args.optimize, mask)
        .map_err(|text| unfiltered(&expression, text, target))?
        .into_iter()
        .map(|(code, jt, jf, k)| Instruction { code, jt, jf, k })
        .collect();
    show(&instructions, args)
}
