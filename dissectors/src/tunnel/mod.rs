//! Protocols that carry others.

pub(crate) mod ipcomp;
