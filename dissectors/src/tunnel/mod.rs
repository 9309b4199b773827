//! Tunnels: protocols that carry others.

pub(crate) mod mpls;
