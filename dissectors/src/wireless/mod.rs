//! Wireless links.

mod codes;
pub(crate) mod ieee80211;
mod management;
pub(crate) mod radio;
mod radiotap;
