//! The verbs, as a user runs them: conversations built octet by octet, and
//! recorded ones with the text that they give.

#[path = "../common/mod.rs"]
mod common;
mod damaged;
mod dns;
mod flows;
mod follow;
mod gaps;
mod hostile;
mod http;
mod recorded;
mod talk;
