//! Vehicles and industrial control.

pub(crate) mod someip;
mod someip_fields;
