//! Audio and video transports.

pub(crate) mod rtcp;
mod rtcp_fields;
pub(crate) mod rtp;
pub(crate) mod vat;
pub(crate) mod whiteboard;
