//! Link layers: how a frame starts.

pub(crate) mod ethernet;
pub(crate) mod frame_relay;
pub(crate) mod hdlc;
pub(crate) mod ipnet;
pub(crate) mod ipoib;
pub(crate) mod llc;
pub(crate) mod loopback;
pub(crate) mod nflog;
pub(crate) mod null;
pub(crate) mod ppi;
pub(crate) mod ppp;
mod ppp_options;
pub(crate) mod pppoe;
mod q933;
pub(crate) mod raw;
pub(crate) mod sll;
pub(crate) mod vsock;
