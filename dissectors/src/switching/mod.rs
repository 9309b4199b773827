//! Protocols between switches.

pub(crate) mod arista;
pub(crate) mod broadcom;
pub(crate) mod marvell;
pub(crate) mod stp;
