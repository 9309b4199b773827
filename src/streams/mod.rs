//! The stream layer: packets, one at a time and in capture order, become IP
//! datagrams, TCP byte streams, and what a verb makes of them.
//!
//! Nothing here knows how packets are read. A verb is a [`Consumer`]; the driver
//! feeds it packets and writes what it has put into its [`Consumer::output`].

pub mod analysis;
pub mod analyzer;
pub mod decode;
pub mod defrag;
pub mod flow;
pub(crate) mod icmp;
mod layers;
mod lookups;
pub mod reassembly;
pub mod row;
pub mod tcp;
pub mod text;
pub mod transport;

use sniff_captures::{Packet, Time};
use sniff_dissectors::Line;

/// What a verb does with packets.
pub trait Consumer {
    /// Takes a packet of LINKTYPE_ `link` that passed the filter.
    fn packet(&mut self, packet: &Packet<'_>, link: u16);

    /// Takes a pcapng block that holds no packet.
    fn block(&mut self, _block: &[u8]) {}

    /// Says how late it is; what waits for a time may end now.
    fn tick(&mut self, _now: Time) {}

    /// The last packet was taken: prints the next of what is unfinished; false if
    /// nothing is. It is many times more than memory should hold of it at once.
    fn end_next(&mut self) -> bool;

    /// Nothing is unfinished any more.
    ///
    /// # Errors
    /// A file of the verb's own cannot be written; the text says which and why.
    fn finish(&mut self) -> Result<(), String>;

    /// The text so far; the driver writes and clears it.
    fn output(&mut self) -> &mut Line;

    /// Conversations that were given up to stay within the memory budget.
    fn evicted(&self) -> u64;
}

/// Nanoseconds from `from` to `to`, negative if `to` is earlier; saturating.
pub fn nanos_between(from: Time, to: Time) -> i64 {
    let seconds = to.seconds.saturating_sub(from.seconds);
    let nanos = (to.nanos as i64).saturating_sub(from.nanos as i64);
    seconds.saturating_mul(1_000_000_000).saturating_add(nanos)
}
