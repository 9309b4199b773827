//! Transport protocols.

pub(crate) mod dccp;
mod dtls;
mod forces;
mod forces_paths;
mod m3ua;
mod mptcp;
pub(crate) mod pgm;
pub(crate) mod quic;
pub(crate) mod sctp;
pub(crate) mod tcp;
mod tcp_options;
pub(crate) mod udp;
