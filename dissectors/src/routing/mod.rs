//! Routing protocols.

pub(crate) mod dvmrp;
pub(crate) mod pim;
mod pim_messages;
