//! Protocols between switches.

pub(crate) mod arista;
pub(crate) mod broadcom;
pub(crate) mod cdp;
pub(crate) mod cfm;
mod cfm_fields;
pub(crate) mod dtp;
pub(crate) mod lldp;
mod lldp_dcbx;
mod lldp_fields;
mod lldp_ieee;
mod lldp_med;
pub(crate) mod marvell;
pub(crate) mod mpcp;
pub(crate) mod msnlb;
mod oam;
pub(crate) mod realtek;
pub(crate) mod slow;
mod slow_fields;
pub(crate) mod stp;
pub(crate) mod tipc;
mod tipc_fields;
pub(crate) mod udld;
pub(crate) mod vqp;
pub(crate) mod vtp;
mod vtp_fields;
