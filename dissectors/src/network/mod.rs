//! Network layers.

pub(crate) mod arp;
pub(crate) mod ipv4;
pub(crate) mod ipx;
mod ipx_services;
