//! Transport protocols.

pub(crate) mod dccp;
mod dccp_fields;
mod dtls;
mod dtls_fields;
mod forces;
mod forces_paths;
mod m3ua;
mod m3ua_fields;
mod mptcp;
mod mptcp_fields;
pub(crate) mod pgm;
mod pgm_fields;
pub(crate) mod quic;
pub(crate) mod sctp;
mod sctp_fields;
pub(crate) mod tcp;
mod tcp_fields;
mod tcp_options;
pub(crate) mod udp;
