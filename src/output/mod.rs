//! What comes out: lines of text, and capture files.

mod near;
mod object;
mod packet;
mod save;
mod stamp;
mod stdout;
mod table;
mod text;
mod value;

pub(crate) use near::near;
pub(crate) use object::Objects;
pub(crate) use packet::{Grower, Place, is_payload, needs_earlier, wanted};
pub(crate) use save::{Save, SaveError, Split, Style, is_pcapng_name, varies};
pub use stamp::{Origin, Stamp, Stamps};
pub(crate) use stdout::Stdout;
pub(crate) use table::{Columns, unknown};
pub(crate) use text::{Form, Printer, Shown};
