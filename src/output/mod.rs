//! What comes out: lines of text, and capture files.

mod save;
mod stamp;
mod stdout;
mod text;

pub(crate) use save::{Save, SaveError, Style, is_pcapng_name, varies};
pub use stamp::{Origin, Stamp, Stamps};
pub(crate) use stdout::Stdout;
pub(crate) use text::{Printer, Shown};
