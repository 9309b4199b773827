//! Where packets come from and go to: capture files of every kind, live
//! interfaces, and the files that are written.

pub mod chunk;
mod error;
pub mod file;
pub mod link;
pub mod live;
pub mod memory;
mod packet;
pub mod wait;
pub mod write;

pub use error::Error;
pub use packet::{Interface, Packet, Resolution, Time};
