//! Security protocols.

pub(crate) mod ah;
pub(crate) mod esp;
