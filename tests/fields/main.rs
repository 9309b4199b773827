//! The fields of packets: `--json`, `--fields`, `--where`, `--analyze`, `sniff fields`.

#[path = "../common/mod.rs"]
mod common;
#[path = "../streams/talk.rs"]
mod talk;

mod analyze;
mod condition;
mod printed;
mod set;
mod split;
