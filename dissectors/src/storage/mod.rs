//! Storage protocols.

mod afs;
mod afs_calls;
mod afs_names;
pub(crate) mod aoe;
pub(crate) mod nfs;
mod nfs_attributes;
mod nfs_fields;
mod nfs_handles;
mod nfs_replies;
pub(crate) mod rpc;
mod rpc_fields;
pub(crate) mod rx;
