//! Authentication, authorization and key exchange.

pub(crate) mod eap;
pub(crate) mod kerberos;
pub(crate) mod radius;
mod radius_attributes;
mod radius_values;
pub(crate) mod rpki_rtr;
