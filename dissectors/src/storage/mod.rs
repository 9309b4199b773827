//! Storage protocols.

pub(crate) mod aoe;
