//! Coverage-guided fuzzing of the frame entry, for every link type:
//!
//!     cargo run --manifest-path fuzz/Cargo.toml --bin seeds
//!     RUSTC_BOOTSTRAP=1 cargo fuzz run frame -- -timeout=1 -rss_limit_mb=1024 -max_len=16384
//!
//! The first octet of an input chooses the link type, the second the options, and
//! whether fields are noted, the third what `-T` says; the rest is the packet. A packet
//! that takes its thread more than 100 ms is a fault as a panic is.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rustix::time::{ClockId, Timespec, clock_gettime};
use sniff_dissectors::{Frame, Numeric, Observed, Options, Out, PacketType, State, body, has_printer, observe};

/// Milliseconds of a processor that a packet may take.
const SLOW: i64 = 100;

/// Milliseconds of a processor since `start`.
fn since(start: Timespec) -> i64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1_000_000
}

static LINKS: LazyLock<Vec<u16>> = LazyLock::new(|| (0..=300).filter(|&link| has_printer(link)).collect());

fuzz_target!(|input: &[u8]| {
    let &[link, how, kind, ref packet @ ..] = input else { return };
    let options = Options {
        numeric: 1,
        verbose: how & 7,
        link: how & 8 != 0,
        quiet: how >> 4 & 1,
        packet_type: PacketType::ALL.get(usize::from(kind)).map(|row| row.1),
        ..Options::default()
    };
    let longer = if how & 0x20 != 0 { 1 << 10 } else { 0 };
    let fields = how & 0x40 != 0;
    let link = LINKS[usize::from(link) % LINKS.len()];
    let mut out = Out::new(options.clone(), Box::new(Numeric));
    let start = clock_gettime(ClockId::ThreadCPUTime);
    let frame = Frame { data: packet, wire_len: packet.len() as u32 + longer, link };
    if let Observed::Settled(facts) = observe(&frame, &options, &mut State::default()) {
        out.facts = Some(facts);
    }
    out.tree = fields.then(Box::default);
    if let Some(tree) = &mut out.tree {
        tree.payloads = true;
    }
    body(&mut out, &frame);
    let took = since(start);
    assert!(took < SLOW, "a packet took {took} ms");
    let raw =
        out.line.as_bytes().iter().find(|&&octet| octet < 0x20 && !matches!(octet, b'\n' | b'\t') || octet > 0x7e);
    assert_eq!(raw, None, "a raw octet would reach the terminal");
});
