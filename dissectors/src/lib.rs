//! Protocol dissectors: the bytes of a packet in, one line of tcpdump's text
//! and, when asked, one tree of named fields out.
//!
//! Nothing here does I/O, and no input panics: packets are read through
//! [`View`], whose every access is checked.

#![forbid(unsafe_code)]

/// A field by its name, found while compiling.
macro_rules! id {
    ($name:literal) => {
        const { crate::fields::Id::of($name) }
    };
}

mod below;
mod calendar;
pub mod checksum;
mod dump;
mod families;
mod field;
pub mod fields;
mod flow;
mod frame;
mod industrial;
mod line;
mod link;
mod management;
mod media;
mod names;
mod naming;
mod network;
mod observe;
mod options;
mod out;
mod put;
mod registry;
mod room;
mod routing;
mod security;
mod state;
mod storage;
mod switching;
mod text;
mod time;
mod transport;
mod tree;
mod tunnel;
mod view;
mod wireless;

pub use flow::{Flow, Scale, Turn, Verdict};
pub use frame::{Frame, body, header_fault};
pub use line::{Line, six_digits};
pub use names::{Names, Numeric, PortKind};
pub use observe::{Facts, Observed, observe};
pub use options::{Cipher, Opens, Options, PacketType, Secret};
pub use out::{Noted, Out};
pub use put::{Paint, Put};
pub use registry::has_printer;
pub use state::State;
pub use tree::{Node, Tree, Value};
pub use view::{Step, Stop, View};
