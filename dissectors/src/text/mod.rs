//! Protocols whose messages are lines of text.

pub(crate) mod beep;
pub(crate) mod http_fields;
pub(crate) mod lines;
pub(crate) mod resp;
pub(crate) mod ssh;
pub(crate) mod telnet;
pub(crate) mod zmtp;
