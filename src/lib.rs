//! `sniff`: packets from interfaces and files, printed as tcpdump prints them,
//! filtered, searched and saved.

pub mod check;
pub mod cli;
mod condition;
pub mod dns;
pub mod flows;
pub mod follow;
pub mod http;
pub mod message;
pub mod names;
pub mod nc;
pub mod output;
pub mod pipeline;
pub mod quic;
pub mod sandbox;
mod search;
mod signals;
pub mod streams;
pub mod tls;
mod verbs;
mod zone;
