//! HTTP/2 (RFC 9113): frames, streams and their messages.

use std::collections::BTreeMap;

use sniff_captures::Time;

use super::Transactions;
use super::hpack::Decoder;
use super::message::{Exchange, Message};
use crate::streams::tcp::Side;
use crate::tls::Lost as Missing;

/// What a client sends first (section 3.4).
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Octets of a frame's header.
const HEADER: usize = 9;
/// Octets of a field block, with all its continuations.
const MAX_BLOCK: usize = 256 << 10;
/// Streams that are open at a time; the oldest is given up beyond that.
const MAX_STREAMS: usize = 4096;

/// Frame types (section 6).
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;
const PRIORITY: u8 = 0x20;

/// The connection cannot be followed any more.
pub(super) struct Lost;

/// A frame whose payload is read.
#[derive(Clone, Copy, Default)]
struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    len: usize,
    /// Octets of the payload that are still to come.
    left: usize,
    /// Octets of padding at its end, once known.
    padding: Option<usize>,
}

/// A field block that goes on in CONTINUATION frames.
struct Block {
    stream: u32,
    /// Whether the stream ends with it.
    ends: bool,
    /// Whether it is a request that the server promises to answer.
    promised: bool,
    octets: Vec<u8>,
}

#[derive(Default)]
struct Half {
    /// Octets of the preface that are still to come.
    preface: usize,
    header: Vec<u8>,
    frame: Option<Frame>,
    payload: Vec<u8>,
    block: Option<Block>,
    table: Decoder,
}

struct Stream {
    exchange: Exchange,
    ended: [bool; 2],
}

/// A connection.
pub(super) struct Http2 {
    halves: [Half; 2],
    streams: BTreeMap<u32, Stream>,
    held: usize,
}

impl Http2 {
    pub fn new() -> Self {
        let mut http = Http2 { halves: Default::default(), streams: BTreeMap::new(), held: 0 };
        http.halves[0].preface = PREFACE.len();
        http
    }

    /// Begins after an upgrade from HTTP/1.1, whose request is that of stream 1.
    pub fn upgraded(request: Option<Message>, to: &Transactions<'_>) -> Self {
        let mut http = Http2::new();
        http.held = request.as_ref().map_or(0, Message::held);
        let exchange = Exchange { request, stream: Some(1), ..to.exchange() };
        http.streams.insert(1, Stream { exchange, ended: [true, false] });
        http
    }

    /// Octets of memory held beside the value itself.
    pub fn held(&self) -> usize {
        let half = |half: &Half| {
            half.payload.capacity() + half.table.held() + half.block.as_ref().map_or(0, |block| block.octets.capacity())
        };
        self.held + self.halves.iter().map(half).sum::<usize>() + self.streams.len() * (size_of::<Stream>() + 16)
    }

    /// Takes octets of a side.
    pub fn octets(&mut self, side: Side, mut octets: &[u8], time: Time, to: &mut Transactions<'_>) -> Result<(), Lost> {
        let skip = self.halves[side.index()].preface.min(octets.len());
        self.halves[side.index()].preface -= skip;
        octets = &octets[skip..];
        while !octets.is_empty() {
            let half = &mut self.halves[side.index()];
            let Some(frame) = &mut half.frame else {
                let taken = octets.len().min(HEADER - half.header.len());
                half.header.extend_from_slice(&octets[..taken]);
                octets = &octets[taken..];
                if half.header.len() == HEADER {
                    half.frame = Some(frame(&half.header));
                    half.header.clear();
                    self.whole(side, time, to)?;
                }
                continue;
            };
            let part = &octets[..octets.len().min(frame.left)];
            octets = &octets[part.len()..];
            frame.left -= part.len();
            match frame.kind {
                DATA => self.data(side, part, time, to),
                HEADERS | PUSH_PROMISE | CONTINUATION | RST_STREAM => half.payload.extend_from_slice(part),
                _ => {}
            }
            if self.halves[side.index()].payload.len() > MAX_BLOCK {
                return Err(Lost);
            }
            self.whole(side, time, to)?;
        }
        Ok(())
    }

    /// Acts on the frame if its payload is there.
    fn whole(&mut self, side: Side, time: Time, to: &mut Transactions<'_>) -> Result<(), Lost> {
        let half = &mut self.halves[side.index()];
        let Some(frame) = half.frame.filter(|frame| frame.left == 0) else { return Ok(()) };
        half.frame = None;
        let payload = std::mem::take(&mut half.payload);
        if half.block.is_some() && frame.kind != CONTINUATION {
            return Err(Lost);
        }
        if let Some(stream) = self.streams.get_mut(&frame.stream)
            && let Some(message) = message_of(&mut stream.exchange, side)
        {
            message.size += (HEADER + frame.len) as u64;
        }
        match frame.kind {
            DATA if frame.flags & END_STREAM != 0 => self.ended(side, frame.stream, time, to),
            HEADERS => {
                let mut octets = unpadded(&frame, &payload).ok_or(Lost)?;
                if frame.flags & PRIORITY != 0 {
                    octets = octets.get(5..).ok_or(Lost)?;
                }
                let ends = frame.flags & END_STREAM != 0;
                let block = Block { stream: frame.stream, ends, promised: false, octets: octets.to_vec() };
                self.block(side, block, &frame, time, to)?;
            }
            PUSH_PROMISE => {
                let octets = unpadded(&frame, &payload).ok_or(Lost)?;
                let (stream, octets) = octets.split_first_chunk().ok_or(Lost)?;
                let stream = u32::from_be_bytes(*stream) & 0x7fff_ffff;
                let block = Block { stream, ends: true, promised: true, octets: octets.to_vec() };
                self.block(side, block, &frame, time, to)?;
            }
            CONTINUATION => {
                let mut block = self.halves[side.index()].block.take().ok_or(Lost)?;
                block.octets.extend_from_slice(&payload);
                if block.octets.len() > MAX_BLOCK {
                    return Err(Lost);
                }
                self.block(side, block, &frame, time, to)?;
            }
            RST_STREAM => self.gone(frame.stream, to),
            _ => {}
        }
        let half = &mut self.halves[side.index()];
        half.payload = payload;
        half.payload.clear();
        Ok(())
    }

    /// A field block, if it is whole.
    fn block(
        &mut self,
        side: Side,
        block: Block,
        frame: &Frame,
        time: Time,
        to: &mut Transactions<'_>,
    ) -> Result<(), Lost> {
        let half = &mut self.halves[side.index()];
        if frame.flags & END_HEADERS == 0 {
            half.block = Some(block);
            return Ok(());
        }
        let owner = if block.promised { Side::Client } else { side };
        let mut fields = Message::new([b"", b"", b""], time);
        let decoded = half.table.block(&block.octets, |name, value| fields.push(name, value));
        decoded.map_err(|_| Lost)?;
        let size = (HEADER + frame.len) as u64;
        self.fields(owner, block.stream, &fields, size, time, to);
        if block.ends {
            self.ended(owner, block.stream, time, to);
        }
        Ok(())
    }

    /// Fields of a stream: a message's beginning, or its trailers.
    fn fields(&mut self, side: Side, id: u32, fields: &Message, size: u64, time: Time, to: &mut Transactions<'_>) {
        let pseudo = |name: &str| fields.field(name).unwrap_or_default();
        let is_head = match side {
            Side::Client => fields.field(":method").is_some(),
            Side::Server => fields.field(":status").is_some(),
        };
        if !is_head {
            if let Some(stream) = self.streams.get_mut(&id)
                && let Some(message) = message_of(&mut stream.exchange, side)
            {
                let before = message.held();
                message.last = time;
                fields.fields().for_each(|(name, value)| message.push(name, value));
                self.held += message.held() - before;
            }
            return;
        }
        let status = pseudo(":status");
        if status.len() == 3 && status[0] == b'1' {
            return;
        }
        let start = match side {
            Side::Client if pseudo(":method") == b"CONNECT" => [&b"CONNECT"[..], pseudo(":authority"), b"HTTP/2"],
            Side::Client => [pseudo(":method"), pseudo(":path"), b"HTTP/2"],
            Side::Server => [b"HTTP/2", status, b""],
        };
        let mut message = Message::new(start, time);
        for (name, value) in fields.fields().filter(|field| !matches!(field.0, b":method" | b":path" | b":status")) {
            message.push(name, value);
        }
        message.size = size;
        message.heads = message.fields().count();
        message.status = std::str::from_utf8(status).ok().and_then(|status| status.parse().ok()).unwrap_or(0);
        let stream = self
            .streams
            .entry(id)
            .or_insert_with(|| Stream { exchange: Exchange { stream: Some(id), ..to.exchange() }, ended: [false; 2] });
        let place = if side == Side::Client { &mut stream.exchange.request } else { &mut stream.exchange.response };
        self.held += message.held();
        self.held -= place.replace(message).map_or(0, |old| old.held());
        if self.streams.len() > MAX_STREAMS
            && let Some((&oldest, _)) = self.streams.first_key_value()
        {
            self.gone(oldest, to);
        }
    }

    /// Octets of a DATA frame.
    fn data(&mut self, side: Side, part: &[u8], time: Time, to: &Transactions<'_>) {
        let Some(frame) = &mut self.halves[side.index()].frame else { return };
        let mut part = part;
        if frame.padding.is_none() {
            frame.padding = Some(0);
            if frame.flags & PADDED != 0
                && let Some((&padding, rest)) = part.split_first()
            {
                (frame.padding, part) = (Some(usize::from(padding)), rest);
            }
        }
        // The octets at the end of the payload are padding.
        let padded = frame.padding.unwrap_or(0).saturating_sub(frame.left).min(part.len());
        let octets = &part[..part.len() - padded];
        if let Some(stream) = self.streams.get_mut(&frame.stream)
            && let Some(message) = message_of(&mut stream.exchange, side)
        {
            let before = message.held();
            message.take_body(octets, to.keeps_bodies());
            message.last = time;
            self.held += message.held() - before;
        }
    }

    /// A side of a stream has ended.
    fn ended(&mut self, side: Side, id: u32, time: Time, to: &mut Transactions<'_>) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        stream.ended[side.index()] = true;
        if let Some(message) = message_of(&mut stream.exchange, side) {
            (message.whole, message.last) = (true, time);
        }
        if side == Side::Server {
            self.gone(id, to);
        }
    }

    /// A stream is over.
    fn gone(&mut self, id: u32, to: &mut Transactions<'_>) {
        let Some(stream) = self.streams.remove(&id) else { return };
        let messages = stream.exchange.request.iter().chain(&stream.exchange.response);
        self.held -= messages.map(Message::held).sum::<usize>();
        to.done(stream.exchange);
    }

    /// Octets that were not captured; only within a DATA frame is that no harm.
    pub fn missing(&mut self, side: Side, Missing { octets, exact }: Missing) -> Result<(), Lost> {
        let Some(frame) = &mut self.halves[side.index()].frame else { return Err(Lost) };
        if frame.kind != DATA || octets >= frame.left as u64 || !exact {
            return Err(Lost);
        }
        frame.left -= octets as usize;
        if let Some(stream) = self.streams.get_mut(&frame.stream)
            && let Some(message) = message_of(&mut stream.exchange, side)
        {
            message.missing += octets;
        }
        Ok(())
    }

    /// The connection is over.
    pub fn end(&mut self, to: &mut Transactions<'_>) {
        while let Some((&id, _)) = self.streams.first_key_value() {
            self.gone(id, to);
        }
    }
}

/// Whether octets can be a server's first frame: SETTINGS (section 3.4).
pub(super) fn starts_settings(octets: &[u8]) -> bool {
    matches!(octets, [0, _, len, SETTINGS, 0, 0, 0, 0, 0, ..] if len % 6 == 0)
}

fn frame(header: &[u8]) -> Frame {
    let len = header[..3].iter().fold(0, |len, &octet| len << 8 | usize::from(octet));
    let stream = header[5..].iter().fold(0, |id, &octet| id << 8 | u32::from(octet)) & 0x7fff_ffff;
    Frame { kind: header[3], flags: header[4], stream, len, left: len, padding: None }
}

/// A payload without its padding.
fn unpadded<'p>(frame: &Frame, payload: &'p [u8]) -> Option<&'p [u8]> {
    if frame.flags & PADDED == 0 {
        return Some(payload);
    }
    let (&padding, rest) = payload.split_first()?;
    rest.get(..rest.len().checked_sub(usize::from(padding))?)
}

fn message_of(exchange: &mut Exchange, side: Side) -> Option<&mut Message> {
    if side == Side::Client { exchange.request.as_mut() } else { exchange.response.as_mut() }
}
