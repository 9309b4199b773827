//! Configuration, time, logging and monitoring of hosts and networks.

pub(crate) mod dhcp;
pub(crate) mod dhcp6;
mod dhcp6_options;
mod dhcp_options;
pub(crate) mod syslog;
