//! Link layers: how a frame starts.

pub(crate) mod ethernet;
