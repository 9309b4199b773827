//! No packet makes a printer panic, run on, or write raw control characters:
//! every golden packet is damaged in many ways, always the same ways, and printed.

use std::fs;
use std::path::Path;

use sniff_captures::file;
use sniff_dissectors::{Frame, Numeric, Options, Out, body};

/// Damaged copies of each packet.
const COPIES: u32 = 24;
/// Octets of text that one damaged packet of a few hundred octets may give.
const TEXT: usize = 1 << 20;

/// A small generator with a fixed start (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// The packets of the golden captures with their link types.
fn packets() -> Vec<(u16, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pcap" || extension == "pcapng"));
    paths.sort();
    let mut packets = Vec::new();
    for path in paths {
        file::each_packet(&path, |packet, interface| packets.push((interface.link, packet.data.to_vec()))).unwrap();
    }
    packets
}

/// Flips, overwrites, cuts or repeats octets.
fn damage(packet: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(3) {
        if packet.is_empty() {
            return;
        }
        let at = random.below(packet.len());
        match random.below(5) {
            0 => packet[at] ^= 1 << random.below(8),
            1 => packet[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
            2 => packet.truncate(at),
            3 => packet[at] = random.below(256) as u8,
            _ => {
                let end = (at + random.below(32)).min(packet.len());
                let repeated = packet[at..end].to_vec();
                packet.splice(at..at, repeated);
            }
        }
    }
}

#[test]
fn damaged_packets_print_something_harmless() {
    let packets = packets();
    assert!(packets.len() > 100);
    let mut random = Random(0x5eed_5eed_5eed_5eed);
    let options = |verbose, link, quiet| Options { numeric: 1, verbose, link, quiet, ..Options::default() };
    let mut outs = [options(0, false, 0), options(1, true, 0), options(4, true, 0), options(0, false, 2)]
        .map(|options| Out::new(options, Box::new(Numeric)));
    for (link, packet) in &packets {
        for _ in 0..COPIES {
            let mut data = packet.clone();
            damage(&mut data, &mut random);
            let wire_len = (data.len() + random.below(2) * random.below(2000)) as u32;
            for out in &mut outs {
                out.line.clear();
                body(out, &Frame { data: &data, wire_len, link: *link });
                let text = out.line.as_bytes();
                assert!(text.len() < TEXT, "{} octets of text for link type {link}: {data:02x?}", text.len());
                let raw = text.iter().find(|&&byte| !(0x20..0x7f).contains(&byte) && !b"\n\t".contains(&byte));
                assert!(raw.is_none(), "raw octet {raw:02x?} for link type {link}: {data:02x?}");
            }
        }
    }
}
