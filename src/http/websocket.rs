//! WebSocket after its handshake (RFC 6455), with permessage-deflate (RFC 7692).

use flate2::{Decompress, FlushDecompress};
use sniff_captures::Time;

use super::Transactions;
use super::message::{Exchange, Frame, Message};
use crate::streams::tcp::Side;
use crate::tls::Lost as Missing;

/// Octets that are kept of one message.
const MAX_PAYLOAD: usize = 1 << 20;
/// What a decompressor holds, about.
const DECOMPRESSOR: usize = 48 << 10;

const FIN: u8 = 0x80;
const COMPRESSED: u8 = 0x40;
const MASKED: u8 = 0x80;
/// Opcodes from here on are of control frames, which come between others.
const CONTROL: u8 = 8;

/// What was lost cannot be found again.
pub(super) struct Lost;

/// A frame that is read.
struct Reading {
    first: u8,
    mask: Option<[u8; 4]>,
    /// Octets of the payload read, and in all.
    at: u64,
    len: u64,
    time: Time,
    /// The payload of a control frame.
    control: Vec<u8>,
}

/// A message of which frames were read.
struct Begun {
    opcode: u8,
    compressed: bool,
    size: u64,
    payload: Vec<u8>,
    cut: bool,
    time: Time,
}

#[derive(Default)]
struct Half {
    header: Vec<u8>,
    reading: Option<Reading>,
    begun: Option<Begun>,
    inflate: Option<Decompress>,
    /// Whether each message is compressed by itself.
    reset: bool,
}

/// A connection.
pub(super) struct WebSocket {
    halves: [Half; 2],
    /// The request that it began with.
    request: Option<Message>,
}

impl WebSocket {
    /// A connection after the exchange that began it.
    pub fn new(exchange: Exchange) -> Self {
        let mut halves: [Half; 2] = Default::default();
        let extensions = exchange.response.as_ref().and_then(|response| response.field("sec-websocket-extensions"));
        let extensions = String::from_utf8_lossy(extensions.unwrap_or_default()).into_owned();
        if extensions.contains("permessage-deflate") {
            for (half, parameter) in halves.iter_mut().zip(["client_no_context_takeover", "server_no_context_takeover"])
            {
                half.inflate = Some(Decompress::new(false));
                half.reset = extensions.contains(parameter);
            }
        }
        WebSocket { halves, request: exchange.request }
    }

    /// Octets of memory held beside the value itself.
    pub fn held(&self) -> usize {
        let half = |half: &Half| {
            let begun = half.begun.as_ref().map_or(0, |begun| begun.payload.capacity());
            begun + if half.inflate.is_some() { DECOMPRESSOR } else { 0 } + 256
        };
        self.halves.iter().map(half).sum::<usize>() + self.request.as_ref().map_or(0, Message::held)
    }

    /// Takes octets of a side.
    pub fn octets(&mut self, side: Side, mut octets: &[u8], time: Time, to: &mut Transactions<'_>) -> Result<(), Lost> {
        while !octets.is_empty() {
            let half = &mut self.halves[side.index()];
            if half.reading.is_none() {
                half.header.push(octets[0]);
                octets = &octets[1..];
                half.reading = header(&half.header, time)?;
                if half.reading.is_none() {
                    continue;
                }
                half.begin();
            }
            if let Some(reading) = &mut half.reading {
                let part = octets.len().min(usize::try_from(reading.len - reading.at).unwrap_or(usize::MAX));
                let keep = to.keeps_payloads();
                half.payload(&octets[..part], keep);
                octets = &octets[part..];
            }
            if half.reading.as_ref().is_some_and(|reading| reading.at == reading.len)
                && let Some(reading) = half.reading.take()
                && let Some(frame) = half.frame(reading, side, to.keeps_payloads())
            {
                self.tell(frame, to);
            }
        }
        Ok(())
    }

    fn tell(&mut self, frame: Frame, to: &mut Transactions<'_>) {
        let mut exchange = Exchange { request: self.request.take(), frame: Some(frame), ..to.exchange() };
        exchange = to.output.print(exchange);
        self.request = exchange.request;
    }

    /// Octets that were not captured; only within a payload is that no harm.
    pub fn missing(&mut self, side: Side, Missing { octets, exact }: Missing) -> Result<(), Lost> {
        let half = &mut self.halves[side.index()];
        let Some(reading) = half.reading.as_mut().filter(|reading| exact && octets < reading.len - reading.at) else {
            return Err(Lost);
        };
        reading.at += octets;
        if let Some(begun) = &mut half.begun {
            (begun.cut, begun.size) = (true, begun.size + octets);
        }
        half.inflate = None;
        Ok(())
    }
}

impl Half {
    /// A frame begins, and with it may be a message.
    fn begin(&mut self) {
        self.header.clear();
        let Some(reading) = &self.reading else { return };
        let opcode = reading.first & 15;
        if opcode < CONTROL && (opcode != 0 || self.begun.is_none()) {
            let compressed = reading.first & COMPRESSED != 0;
            let time = reading.time;
            self.begun = Some(Begun { opcode, compressed, size: 0, payload: Vec::new(), cut: false, time });
        }
    }

    /// Takes octets of a frame's payload.
    fn payload(&mut self, octets: &[u8], keep: bool) {
        let Some(reading) = &mut self.reading else { return };
        let start = reading.at;
        reading.at += octets.len() as u64;
        let unmask = |place: usize, octet: u8| match reading.mask {
            Some(mask) => octet ^ mask[((start + place as u64) % 4) as usize],
            None => octet,
        };
        let unmasked = octets.iter().enumerate().map(|(place, &octet)| unmask(place, octet));
        let opcode = reading.first & 15;
        if opcode >= CONTROL {
            reading.control.extend(unmasked);
            return;
        }
        let Some(begun) = &mut self.begun else { return };
        begun.size += octets.len() as u64;
        let room = if keep { MAX_PAYLOAD - begun.payload.len().min(MAX_PAYLOAD) } else { 0 };
        begun.cut |= octets.len() > room;
        begun.payload.extend(unmasked.take(room));
    }

    /// The message that ends with a frame.
    fn frame(&mut self, reading: Reading, side: Side, keep: bool) -> Option<Frame> {
        let from_client = side == Side::Client;
        let opcode = reading.first & 15;
        if opcode >= CONTROL {
            let (size, payload) = (reading.len, reading.control);
            return Some(Frame { opcode, size, payload, cut: false, time: reading.time, from_client });
        }
        if reading.first & FIN == 0 {
            return None;
        }
        let Begun { opcode, compressed, size, mut payload, mut cut, time } = self.begun.take()?;
        if compressed && keep {
            (payload, cut) = self.inflate(&payload, cut);
        }
        Some(Frame { opcode, size, payload, cut, time, from_client })
    }

    /// Undoes the compression (RFC 7692, section 7.2.2).
    fn inflate(&mut self, payload: &[u8], cut: bool) -> (Vec<u8>, bool) {
        let Some(inflate) = self.inflate.as_mut().filter(|_| !cut) else {
            self.inflate = None;
            return (Vec::new(), true);
        };
        if self.reset {
            inflate.reset(false);
        }
        let input = [payload, &[0, 0, 0xff, 0xff]].concat();
        let before = inflate.total_in();
        let mut output = Vec::with_capacity((input.len() * 4).clamp(64, MAX_PAYLOAD));
        loop {
            let taken = (inflate.total_in() - before) as usize;
            let room = output.capacity() - output.len();
            let result = inflate.decompress_vec(&input[taken..], &mut output, FlushDecompress::Sync);
            let done = (inflate.total_in() - before) as usize == input.len() && output.len() < output.capacity();
            if result.is_err() || output.len() > MAX_PAYLOAD {
                // What follows would need what was not decoded.
                self.inflate = None;
                output.truncate(MAX_PAYLOAD);
                return (output, true);
            }
            if done {
                return (output, false);
            }
            if output.len() < output.capacity() && room > 0 && taken == (inflate.total_in() - before) as usize {
                self.inflate = None;
                return (output, true);
            }
            output.reserve(output.len().max(64));
        }
    }
}

/// The frame that a header begins; nothing if it is not whole (section 5.2).
fn header(octets: &[u8], time: Time) -> Result<Option<Reading>, Lost> {
    let &[first, second, ref rest @ ..] = octets else { return Ok(None) };
    let (len, rest) = match second & 0x7f {
        126 => match rest.split_first_chunk() {
            Some((len, rest)) => (u64::from(u16::from_be_bytes(*len)), rest),
            None => return Ok(None),
        },
        127 => match rest.split_first_chunk() {
            Some((len, rest)) => (u64::from_be_bytes(*len), rest),
            None => return Ok(None),
        },
        len => (u64::from(len), rest),
    };
    // Control frames are short, and two bits are reserved.
    if first & 0x30 != 0 || len >> 63 != 0 || (first & CONTROL != 0 && len > 125) {
        return Err(Lost);
    }
    let mask = match (second & MASKED != 0, rest.first_chunk()) {
        (true, None) => return Ok(None),
        (true, mask) => mask.copied(),
        (false, _) => None,
    };
    Ok(Some(Reading { first, mask, at: 0, len, time, control: Vec::new() }))
}
