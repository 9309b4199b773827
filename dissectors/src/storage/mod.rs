//! Storage protocols.

pub(crate) mod aoe;
pub(crate) mod nfs;
mod nfs_attributes;
mod nfs_handles;
mod nfs_replies;
pub(crate) mod rpc;
