//! HPACK (RFC 7541): header fields of HTTP/2, compressed against a table that
//! both sides keep.
//!
//! A field can be a reference of one octet to a table entry of thousands, so what
//! is handed out of one block is bounded, while the table is kept up to date.

use std::collections::VecDeque;

use super::hpack_tables::{CODE_LENGTHS, STATIC};

/// The table's size at the beginning (section 4.2).
const INITIAL_SIZE: usize = 4096;
/// The largest table that is kept.
const MAX_SIZE: usize = 64 << 10;
/// What an entry counts beside its octets (section 4.1).
const ENTRY: usize = 32;
/// Octets of fields that are handed out of one block.
const MAX_LIST: usize = 256 << 10;
/// Octets of one string after decoding.
const MAX_STRING: usize = 64 << 10;

/// The block cannot be decoded, nor can any later one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Damaged;

type Field = (Vec<u8>, Vec<u8>);

/// The table of one direction.
pub(super) struct Decoder {
    entries: VecDeque<Field>,
    size: usize,
    limit: usize,
}

impl Default for Decoder {
    fn default() -> Self {
        Decoder { entries: VecDeque::new(), size: 0, limit: INITIAL_SIZE }
    }
}

impl Decoder {
    /// Octets of memory held.
    pub fn held(&self) -> usize {
        self.size + self.entries.capacity() * size_of::<Field>()
    }

    /// Decodes a block and hands its fields on.
    pub fn block(&mut self, block: &[u8], mut field: impl FnMut(&[u8], &[u8])) -> Result<(), Damaged> {
        let mut input = Input(block);
        let mut listed = 0;
        let mut hand = |name: &[u8], value: &[u8]| {
            listed += name.len() + value.len() + ENTRY;
            if listed <= MAX_LIST {
                field(name, value);
            }
        };
        while let Some(&first) = input.0.first() {
            if first & 0x80 != 0 {
                let (name, value) = self.entry(input.number(7)?)?;
                hand(name, value);
            } else if first & 0xe0 == 0x20 {
                let limit = input.number(5)?;
                if limit > MAX_SIZE {
                    return Err(Damaged);
                }
                self.limit = limit;
                self.shrink(limit);
            } else {
                let indexed = first & 0x40 != 0;
                let name = match input.number(if indexed { 6 } else { 4 })? {
                    0 => input.string()?,
                    index => self.entry(index)?.0.to_vec(),
                };
                let value = input.string()?;
                hand(&name, &value);
                if indexed {
                    self.add(name, value);
                }
            }
        }
        Ok(())
    }

    fn entry(&self, index: usize) -> Result<(&[u8], &[u8]), Damaged> {
        if let Some((name, value)) = STATIC.get(index.wrapping_sub(1)) {
            return Ok((name.as_bytes(), value.as_bytes()));
        }
        let entry = index.checked_sub(STATIC.len() + 1).and_then(|at| self.entries.get(at));
        entry.map(|(name, value)| (&name[..], &value[..])).ok_or(Damaged)
    }

    fn add(&mut self, name: Vec<u8>, value: Vec<u8>) {
        let size = name.len() + value.len() + ENTRY;
        self.shrink(self.limit.saturating_sub(size));
        if size <= self.limit {
            self.size += size;
            self.entries.push_front((name, value));
        }
    }

    /// Drops the oldest entries down to a size.
    fn shrink(&mut self, size: usize) {
        while self.size > size {
            let Some((name, value)) = self.entries.pop_back() else { return };
            self.size -= name.len() + value.len() + ENTRY;
        }
    }
}

/// The octets of a block.
struct Input<'b>(&'b [u8]);

impl Input<'_> {
    fn octet(&mut self) -> Result<u8, Damaged> {
        let (&octet, rest) = self.0.split_first().ok_or(Damaged)?;
        self.0 = rest;
        Ok(octet)
    }

    /// A number whose first octet has `bits` of it (section 5.1).
    fn number(&mut self, bits: u32) -> Result<usize, Damaged> {
        let mask = (1usize << bits) - 1;
        let mut number = usize::from(self.octet()?) & mask;
        if number < mask {
            return Ok(number);
        }
        for shift in (0..28).step_by(7) {
            let octet = self.octet()?;
            number += usize::from(octet & 0x7f) << shift;
            if octet & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Damaged)
    }

    /// A string (section 5.2).
    fn string(&mut self) -> Result<Vec<u8>, Damaged> {
        let huffman = self.0.first().is_some_and(|octet| octet & 0x80 != 0);
        let len = self.number(7)?;
        let (octets, rest) = self.0.split_at_checked(len).ok_or(Damaged)?;
        self.0 = rest;
        if huffman {
            decode(octets)
        } else if len > MAX_STRING {
            Err(Damaged)
        } else {
            Ok(octets.to_vec())
        }
    }
}

/// The longest code in bits.
const LONGEST: usize = 30;
/// The symbol that ends a string and must not be in one.
const END: u16 = 256;

/// The codes, by their length.
struct Codes {
    /// The first code of each length.
    first: [u32; LONGEST + 1],
    /// How many codes of each length there are.
    count: [u32; LONGEST + 1],
    /// Where the symbols of each length begin.
    start: [usize; LONGEST + 1],
    symbols: [u16; 257],
}

static CODES: Codes = codes();

const fn codes() -> Codes {
    let mut codes =
        Codes { first: [0; LONGEST + 1], count: [0; LONGEST + 1], start: [0; LONGEST + 1], symbols: [0; 257] };
    let (mut length, mut code, mut at) = (1, 0u32, 0);
    while length <= LONGEST {
        code <<= 1;
        codes.first[length] = code;
        codes.start[length] = at;
        let mut symbol = 0;
        while symbol < 257 {
            if CODE_LENGTHS[symbol] as usize == length {
                codes.symbols[at] = symbol as u16;
                codes.count[length] += 1;
                at += 1;
                code += 1;
            }
            symbol += 1;
        }
        length += 1;
    }
    codes
}

/// Decodes a Huffman-coded string.
fn decode(octets: &[u8]) -> Result<Vec<u8>, Damaged> {
    let mut decoded = Vec::with_capacity(octets.len() * 8 / 5);
    let (mut code, mut length) = (0u32, 0);
    for octet in octets {
        for bit in (0..8).rev() {
            code = code << 1 | u32::from(octet >> bit & 1);
            length += 1;
            if length > LONGEST {
                return Err(Damaged);
            }
            let place = code.wrapping_sub(CODES.first[length]);
            if place < CODES.count[length] {
                match CODES.symbols[CODES.start[length] + place as usize] {
                    END => return Err(Damaged),
                    symbol => decoded.push(symbol as u8),
                }
                (code, length) = (0, 0);
            }
        }
        if decoded.len() > MAX_STRING {
            return Err(Damaged);
        }
    }
    // The rest is the beginning of the end's code, which is all ones.
    if length < 8 && code == (1 << length) - 1 { Ok(decoded) } else { Err(Damaged) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(hex: &str) -> Vec<u8> {
        let hex: String = hex.split_whitespace().collect();
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    fn fields(decoder: &mut Decoder, hex: &str) -> Result<Vec<String>, Damaged> {
        let mut fields = Vec::new();
        decoder.block(&octets(hex), |name, value| {
            fields.push(format!("{}: {}", String::from_utf8_lossy(name), String::from_utf8_lossy(value)));
        })?;
        Ok(fields)
    }

    #[test]
    fn requests_are_those_of_appendix_c_4() {
        let mut decoder = Decoder::default();
        let first = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
        assert_eq!(fields(&mut decoder, "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff").unwrap(), first);
        assert_eq!(decoder.size, 57);
        let second = fields(&mut decoder, "8286 84be 5886 a8eb 1064 9cbf").unwrap();
        assert_eq!(second[3..], [":authority: www.example.com", "cache-control: no-cache"]);
        let third = fields(&mut decoder, "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf").unwrap();
        assert_eq!(third[3..], [":authority: www.example.com", "custom-key: custom-value"]);
        assert_eq!((decoder.size, decoder.entries.len()), (164, 3));
    }

    #[test]
    fn the_table_forgets_its_oldest_entries() {
        let mut decoder = Decoder::default();
        assert_eq!(fields(&mut decoder, "3f 21 40 01 61 01 62 be").unwrap(), ["a: b", "a: b"]);
        // A table of 64 octets holds one entry of 34.
        assert_eq!(fields(&mut decoder, "40 01 63 01 64 be").unwrap(), ["c: d", "c: d"]);
        assert_eq!(fields(&mut decoder, "bf"), Err(Damaged));
        assert_eq!(fields(&mut decoder, "20 be"), Err(Damaged));
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic() {
        for hex in
            ["3f", "ff ff ff ff ff ff", "80", "ff 80 80 80 80 80", "40 05 61", "00 83 ff ff ff 00", "40 ff ff ff 7f"]
        {
            assert_eq!(fields(&mut Decoder::default(), hex), Err(Damaged), "{hex}");
        }
    }

    #[test]
    fn a_block_that_refers_to_a_large_entry_again_and_again_is_bounded() {
        let mut decoder = Decoder::default();
        let mut block = octets("40 01 61 7f 81 1e");
        block.extend([b'x'; 4000]);
        block.extend([0xbe; 100_000]);
        let mut handed = 0;
        decoder.block(&block, |name, value| handed += name.len() + value.len()).unwrap();
        assert!(handed > 4000 && handed < MAX_LIST, "{handed}");
    }
}
