//! Vehicles and industrial control.

pub(crate) mod someip;
