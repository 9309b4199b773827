//! Naming: DNS and its relatives.

pub(crate) mod dns;
mod dns_data_fields;
mod dns_edns;
mod dns_fields;
pub(crate) mod dns_names;
mod dns_records;
pub(crate) mod lwres;
pub(crate) mod zephyr;
