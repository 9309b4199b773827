//! Protocols that authenticate or encrypt.

pub(crate) mod ah;
pub(crate) mod eap;
pub(crate) mod esp;
pub(crate) mod macsec;
