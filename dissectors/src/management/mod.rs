//! Configuration, time, logging and monitoring of hosts and networks.

pub(crate) mod bcm_li;
pub(crate) mod dhcp;
pub(crate) mod dhcp6;
mod dhcp6_fields;
mod dhcp6_options;
mod dhcp_fields;
mod dhcp_options;
pub(crate) mod netflow;
pub(crate) mod ntp;
pub(crate) mod ntp_time;
pub(crate) mod openflow;
mod openflow10;
mod openflow10_actions;
mod openflow10_stats;
mod openflow10_values;
mod openflow13;
mod openflow13_errors;
pub(crate) mod pptp;
mod pptp_fields;
pub(crate) mod ptp;
pub(crate) mod sflow;
mod sflow_fields;
pub(crate) mod snmp;
mod snmp_asn1;
pub(crate) mod syslog;
pub(crate) mod tftp;
pub(crate) mod timed;
