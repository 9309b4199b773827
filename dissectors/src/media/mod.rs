//! Audio and video transports.

pub(crate) mod rtcp;
pub(crate) mod rtp;
pub(crate) mod vat;
pub(crate) mod whiteboard;
