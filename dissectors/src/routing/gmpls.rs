//! Names and numbers of GMPLS and traffic engineering that several protocols
//! share (RFC 3471, RFC 4124).

use crate::out::Out;
use crate::put::{Fixed, Put, Table};

/// Link protection types, a bit each (RFC 3471, section 7.1).
pub(crate) const PROTECTION: Table = &[
    (0x01, "Extra Traffic"),
    (0x02, "Unprotected"),
    (0x04, "Shared"),
    (0x08, "Dedicated 1:1"),
    (0x10, "Dedicated 1+1"),
    (0x20, "Enhanced"),
    (0x40, "Reserved"),
    (0x80, "Reserved"),
];

/// Switching capabilities (RFC 3471, section 3.1.1).
pub(crate) const SWITCHING: Table = &[
    (1, "Packet-Switch Capable-1"),
    (2, "Packet-Switch Capable-2"),
    (3, "Packet-Switch Capable-3"),
    (4, "Packet-Switch Capable-4"),
    (51, "Layer-2 Switch Capable"),
    (100, "Time-Division-Multiplex"),
    (150, "Lambda-Switch Capable"),
    (200, "Fiber-Switch Capable"),
];

/// LSP encoding types (RFC 3471, section 3.1.1).
pub(crate) const ENCODING: Table = &[
    (1, "Packet"),
    (2, "Ethernet V2/DIX"),
    (3, "ANSI/ETSI PDH"),
    (4, "Reserved"),
    (5, "SDH ITU-T G.707/SONET ANSI T1.105"),
    (6, "Reserved"),
    (7, "Digital Wrapper"),
    (8, "Lambda (photonic)"),
    (9, "Fiber"),
    (10, "Reserved"),
    (11, "FiberChannel"),
];

/// Bandwidth constraints models (RFC 4124, section 5.1).
pub(crate) const CONSTRAINTS: Table =
    &[(0, "Russian dolls"), (1, "Maximum allocation"), (2, "Maximum allocation with E-LSP support")];

/// A bandwidth, an IEEE number in octets a second, as `622.080 Mbps`.
#[derive(Clone, Copy)]
pub(crate) struct Mbps(pub u32);

impl Put for Mbps {
    fn put(self, o: &mut Out) {
        // The product is rounded as an IEEE number of 32 bits before it is written.
        let megabits = f32::from_bits(self.0) * 8.0 / 1_000_000.0;
        o.put((Fixed(megabits.into(), 3), " Mbps"));
    }
}
