//! Protocols that authenticate or encrypt.

pub(crate) mod macsec;
