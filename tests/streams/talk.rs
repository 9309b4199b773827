//! TCP conversations as capture files.

// Each test file uses only some of this.
#![allow(dead_code)]

use crate::common::{Scratch, header, words};

/// A TCP connection from 10.0.0.1:5000 to 10.0.0.2:80; each packet comes a
/// millisecond after the other, from 1 s on.
pub struct Talk {
    pub packets: Vec<Vec<u8>>,
    next: [u32; 2],
    ports: [u16; 2],
}

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;

impl Talk {
    /// A connection after its three-way handshake.
    pub fn new() -> Self {
        let mut talk = Talk::midway();
        talk.next = [999, 1999];
        talk.send(0, SYN, b"");
        talk.next[0] += 1;
        talk.send(1, SYN | ACK, b"");
        talk.next[1] += 1;
        talk.send(0, ACK, b"");
        talk
    }

    /// A connection without its beginning.
    pub fn midway() -> Self {
        Talk { packets: Vec::new(), next: [1000, 2000], ports: [5000, 80] }
    }

    pub fn ports(mut self, client: u16, server: u16) -> Self {
        self.ports = [client, server];
        self
    }

    pub fn client(&mut self, octets: impl AsRef<[u8]>) -> &mut Self {
        self.send(0, ACK, octets.as_ref())
    }

    pub fn server(&mut self, octets: impl AsRef<[u8]>) -> &mut Self {
        self.send(1, ACK, octets.as_ref())
    }

    /// The server's octets are sent, and lost on the way to the capture.
    pub fn lost_by_server(&mut self, octets: u32) -> &mut Self {
        self.next[1] += octets;
        self
    }

    /// Both sides end.
    pub fn close(&mut self) -> &mut Self {
        self.send(1, FIN | ACK, b"");
        self.next[1] += 1;
        self.send(0, FIN | ACK, b"");
        self.next[0] += 1;
        self.send(1, ACK, b"")
    }

    pub fn reset(&mut self) -> &mut Self {
        self.send(1, RST | ACK, b"")
    }

    fn send(&mut self, side: usize, flags: u8, octets: &[u8]) -> &mut Self {
        for piece in if octets.is_empty() { vec![octets] } else { octets.chunks(1400).collect() } {
            self.packets.push(self.frame(side, flags, piece));
            self.next[side] += piece.len() as u32;
        }
        self
    }

    fn frame(&self, side: usize, flags: u8, octets: &[u8]) -> Vec<u8> {
        let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0];
        frame.extend([0x45, 0]);
        frame.extend((40 + octets.len() as u16).to_be_bytes());
        frame.extend([0, 0, 0, 0, 64, 6, 0, 0]);
        let (source, target) = if side == 0 { (1, 2) } else { (2, 1) };
        frame.extend([10, 0, 0, source, 10, 0, 0, target]);
        frame.extend(self.ports[side].to_be_bytes());
        frame.extend(self.ports[1 - side].to_be_bytes());
        frame.extend(self.next[side].to_be_bytes());
        frame.extend(self.next[1 - side].to_be_bytes());
        frame.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        frame.extend(octets);
        frame
    }

    /// What the program prints of it; it must not complain.
    pub fn prints(&self, args: &[&str]) -> String {
        prints(&self.packets, args)
    }
}

/// An Ethernet file of packets a millisecond apart.
pub fn capture(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut file = header((2, 4), 262_144, 1);
    for (at, packet) in packets.iter().enumerate() {
        let size = packet.len() as u32;
        file.extend(words(&[1 + at as u32 / 1000, at as u32 % 1000 * 1000, size, size]));
        file.extend(packet);
    }
    file
}

/// What the program prints of packets; it must not complain.
pub fn prints(packets: &[Vec<u8>], args: &[&str]) -> String {
    let scratch = Scratch::new();
    scratch.write("f", capture(packets));
    printed(&scratch, args)
}

/// What the program prints of the file `f`; it must not complain.
pub fn printed(scratch: &Scratch, args: &[&str]) -> String {
    let ran = scratch.run(&[&args[..1], &["-r", "f"], &args[1..]].concat());
    assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{args:?}: {}", ran.stderr);
    ran.stdout
}
