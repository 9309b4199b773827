//! Storage protocols.

mod afs;
mod afs_calls;
mod afs_names;
pub(crate) mod aoe;
pub(crate) mod nfs;
mod nfs_attributes;
mod nfs_handles;
mod nfs_replies;
pub(crate) mod rpc;
pub(crate) mod rx;
