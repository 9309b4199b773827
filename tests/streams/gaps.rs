//! Decryption goes on behind packets that the capture does not have: the other
//! transactions of the connection stay what they are.

use std::fs;
use std::io::Read;
use std::path::Path;

use crate::common::Scratch;

/// Octets of a classic file's header and of a record's.
const HEADER: usize = 24;
const RECORD: usize = 16;
const SERVER: u16 = 4434;
const FIELDS: &str = "http.request.uri,http.response.code,http.file_data.sha256";

/// A TCP packet of the capture.
struct Packet {
    record: Vec<u8>,
    /// The client's port.
    client: u16,
    len: usize,
}

fn packet(record: &[u8]) -> Packet {
    let half = |at: usize| u16::from_be_bytes([record[RECORD + at], record[RECORD + at + 1]]);
    let ip = usize::from(record[RECORD + 14] & 15) * 4;
    let tcp = usize::from(record[RECORD + 14 + ip + 12] >> 4) * 4;
    let ports = [half(14 + ip), half(14 + ip + 2)];
    let client = if ports[0] == SERVER { ports[1] } else { ports[0] };
    Packet { record: record.to_vec(), client, len: usize::from(half(16)) - ip - tcp }
}

/// The connections of the capture, and the file's header.
fn connections() -> (Vec<u8>, Vec<Vec<Packet>>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams/recorded/gaps.pcap.gz");
    let mut octets = Vec::new();
    flate2::read::GzDecoder::new(fs::File::open(path).unwrap()).read_to_end(&mut octets).unwrap();
    let mut rest = &octets[HEADER..];
    let mut connections: Vec<Vec<Packet>> = Vec::new();
    while !rest.is_empty() {
        let size = RECORD + u32::from_le_bytes(*rest[8..].first_chunk().unwrap()) as usize;
        let packet = packet(&rest[..size]);
        match connections.iter_mut().find(|connection| connection[0].client == packet.client) {
            Some(connection) => connection.push(packet),
            None => connections.push(vec![packet]),
        }
        rest = &rest[size..];
    }
    (octets[..HEADER].to_vec(), connections)
}

/// The transactions of a connection without some of its packets.
fn rows(header: &[u8], packets: &[Packet], lost: std::ops::Range<usize>) -> Vec<String> {
    let scratch = Scratch::new();
    let kept = packets.iter().enumerate().filter(|(at, _)| !lost.contains(at)).flat_map(|(_, p)| p.record.clone());
    scratch.write("f", [header, &kept.collect::<Vec<u8>>()].concat());
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams/recorded/gaps.keys");
    let ran = scratch.run(&["http", "-r", "f", "--keylog", keys.to_str().unwrap(), "--fields", FIELDS]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn what_is_lost_takes_no_other_transaction_along() {
    let (header, connections) = connections();
    assert_eq!(connections.len(), 3, "TLS 1.3, TLS 1.2 with AES-GCM, TLS 1.0");
    for (number, packets) in connections.iter().enumerate() {
        let whole = rows(&header, packets, 0..0);
        assert_eq!(whole.len(), 4);
        // The handshake's octets are in the first packets; without a hello there are no keys.
        let handshake = packets.iter().enumerate().filter(|(_, packet)| packet.len > 0).nth(3).unwrap().0;
        for at in handshake + 1..packets.len() {
            if packets[at].len == 0 {
                continue;
            }
            let found = rows(&header, packets, at..at + 1);
            let same = whole.iter().filter(|row| found.contains(row)).count();
            // A record of TLS 1.0 is needed to open the next one.
            let least = if number == 2 { 2 } else { 3 };
            assert!(same >= least && found.len() == 4, "connection {number} without packet {at}: {found:#?}");
        }
        if number == 2 {
            continue;
        }
        // Several transactions at once, but not the last.
        let last = packets.iter().rposition(|packet| packet.len > 1400).unwrap() - 3;
        for at in handshake + 1..last - 6 {
            let found = rows(&header, packets, at..at + 6);
            assert_eq!(found.last(), whole.last(), "connection {number} without {at} and on: {found:#?}");
        }
    }
}
