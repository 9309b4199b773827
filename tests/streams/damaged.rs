//! Damaged copies of the recorded captures go through every verb: no panic, no
//! raw control character, and JSON stays JSON.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::common::Scratch;

/// Damaged copies of each capture.
const COPIES: u32 = 12;

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

/// The records of a classic capture: where the octets of each begin and end.
fn records(file: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 24;
    while let Some(head) = file.get(at..at + 16) {
        let size = u32::from_le_bytes([head[8], head[9], head[10], head[11]]) as usize;
        found.push((at + 16, at + 16 + size));
        at += 16 + size;
    }
    found
}

#[test]
fn damaged_streams_print_something_harmless() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams/recorded");
    let scratch = Scratch::new();
    let keys = ["tls.keys", "tls-old.keys", "gaps.keys", "upgrades.keys"];
    scratch.write("keys", keys.map(|name| fs::read(folder.join(name)).unwrap()).concat());
    let mut random = Random(0x5eed_5eed_5eed_5eed);
    for name in ["http", "tls", "tls-old", "gaps", "upgrades", "ws", "grpc", "quic", "dns"] {
        let mut whole = Vec::new();
        let file = fs::File::open(folder.join(format!("{name}.pcap.gz"))).unwrap();
        MultiGzDecoder::new(file).read_to_end(&mut whole).unwrap();
        let records = records(&whole);
        for copy in 0..COPIES {
            let mut file = whole[..24].to_vec();
            for &(start, end) in &records {
                // One packet of sixteen is lost.
                if random.below(16) == 0 {
                    continue;
                }
                file.extend_from_slice(&whole[start - 16..end]);
                let (start, end) = (file.len() - (end - start), file.len());
                // Beyond the addresses and ports, in one packet of three.
                if end > start + 54 && random.below(3) == 0 {
                    let at = start + 38 + random.below(end - start - 38);
                    file[at] = [0, 1, 0x7f, 0x80, 0xff, 0x1b, random.below(256) as u8][random.below(7)];
                }
            }
            scratch.write("f", &file);
            let runs: &[&[&str]] = &[
                &["http", "-v", "--body", "--keylog", "keys", "--har", "har"],
                &["http", "--json", "--body", "--keylog", "keys"],
                &["tls", "-v", "--keylog", "keys"],
                &["tls", "--json"],
                &["dns", "-v"],
                &["dns", "--json"],
                &["flows"],
                &["follow"],
            ];
            for args in runs {
                let ran = scratch.run(&[args, &["-r", "f"][..]].concat());
                assert_eq!(ran.code, Some(0), "{name} {copy} {args:?}: {}", ran.stderr);
                if args.contains(&"--json") {
                    for line in ran.stdout.lines() {
                        let row: Result<serde_json::Value, _> = serde_json::from_str(line);
                        assert!(row.is_ok_and(|row| row.is_object()), "{name} {copy} {args:?}: {line}");
                    }
                } else {
                    let raw =
                        ran.stdout.bytes().find(|octet| !(0x20..0x7f).contains(octet) && !b"\n\t".contains(octet));
                    assert_eq!(raw, None, "{name} {copy} {args:?}");
                }
            }
            serde_json::from_slice::<serde_json::Value>(&scratch.read("har")).unwrap();
        }
    }
}
