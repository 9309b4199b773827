//! Network layers.

pub(crate) mod ipv4;
