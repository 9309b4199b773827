//! Wireless links.

pub(crate) mod calm_fast;
mod codes;
pub(crate) mod geonet;
mod geonet_fields;
pub(crate) mod ieee80211;
mod ieee80211_fields;
pub(crate) mod ieee802154;
mod ieee802154_elements;
mod ieee802154_fields;
pub(crate) mod lwapp;
mod management;
mod management_fields;
pub(crate) mod radio;
mod radio_fields;
mod radiotap;
mod radiotap_fields;
pub(crate) mod zep;

pub(crate) use management_fields::elements;
pub(crate) use radio_fields::Summary;
