//! Protocols that authenticate or encrypt.

pub(crate) mod eap;
pub(crate) mod macsec;
