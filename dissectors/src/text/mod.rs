//! Protocols whose messages are lines of text.

pub(crate) mod beep;
pub(crate) mod http_fields;
mod line_fields;
pub(crate) mod lines;
pub(crate) mod resp;
pub(crate) mod sip_fields;
pub(crate) mod ssh;
mod ssh_fields;
pub(crate) mod telnet;
mod telnet_fields;
pub(crate) mod zmtp;
