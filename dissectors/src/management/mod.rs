//! Configuration, time, logging and monitoring of hosts and networks.

pub(crate) mod syslog;
