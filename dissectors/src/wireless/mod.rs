//! Wireless links.

pub(crate) mod calm_fast;
mod codes;
pub(crate) mod geonet;
pub(crate) mod ieee80211;
pub(crate) mod ieee802154;
mod ieee802154_elements;
pub(crate) mod lwapp;
mod management;
pub(crate) mod radio;
mod radiotap;
pub(crate) mod zep;
