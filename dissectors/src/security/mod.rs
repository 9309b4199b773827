//! Protocols that authenticate or encrypt.

pub(crate) mod ah;
pub(crate) mod eap;
mod eapol_fields;
pub(crate) mod esp;
pub(crate) mod isakmp;
mod isakmp_attributes;
mod isakmp_fields;
mod isakmp_v1;
mod isakmp_v2;
pub(crate) mod kerberos;
mod kerberos_fields;
pub(crate) mod macsec;
pub(crate) mod radius;
mod radius_attributes;
pub(crate) mod radius_values;
mod radius_vendors;
pub(crate) mod rpki_rtr;
pub(crate) mod tls_fields;
