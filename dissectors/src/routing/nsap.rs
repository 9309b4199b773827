//! Addresses of the OSI network layer (ISO 8348).

use crate::out::Out;
use crate::put::Put;

/// Octets of the longest address.
const LONGEST: usize = 20;

/// An address, in hexadecimal with a dot behind the first octet and behind each
/// two more.
#[derive(Clone, Copy)]
pub(crate) struct Nsap<'p>(pub &'p [u8]);

impl Put for Nsap<'_> {
    fn put(self, o: &mut Out) {
        if !(1..=LONGEST).contains(&self.0.len()) {
            return o.put("isonsap_string: illegal length");
        }
        for (at, &octet) in self.0.iter().enumerate() {
            o.line.hex2(octet);
            if at.is_multiple_of(2) && at + 1 < self.0.len() {
                o.line.byte(b'.');
            }
        }
    }
}
