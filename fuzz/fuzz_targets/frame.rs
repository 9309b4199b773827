//! Coverage-guided fuzzing of the frame entry, for every link type:
//!
//!     cargo run --manifest-path fuzz/Cargo.toml --bin seeds
//!     RUSTC_BOOTSTRAP=1 cargo fuzz run frame -- -timeout=1 -rss_limit_mb=1024
//!
//! The first octet of an input chooses the link type, the second the options;
//! the rest is the packet.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sniff_dissectors::{Frame, Numeric, Options, Out, body, has_printer};

static LINKS: LazyLock<Vec<u16>> = LazyLock::new(|| (0..=300).filter(|&link| has_printer(link)).collect());

fuzz_target!(|input: &[u8]| {
    let &[link, how, ref packet @ ..] = input else { return };
    let options =
        Options { numeric: 1, verbose: how & 7, link: how & 8 != 0, quiet: how >> 4 & 1, ..Options::default() };
    let longer = if how & 0x20 != 0 { 1 << 10 } else { 0 };
    let link = LINKS[usize::from(link) % LINKS.len()];
    let mut out = Out::new(options, Box::new(Numeric));
    body(&mut out, &Frame { data: packet, wire_len: packet.len() as u32 + longer, link });
    let raw =
        out.line.as_bytes().iter().find(|&&octet| octet < 0x20 && !matches!(octet, b'\n' | b'\t') || octet > 0x7e);
    assert_eq!(raw, None, "a raw octet would reach the terminal");
});
