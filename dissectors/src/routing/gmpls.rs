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
    &[(0, "Russian dolls"), (1, "Maximum allocation"), (254, "Maximum allocation with E-LSP support")];

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

/// Payloads of paths (RFC 3471, section 3.1.1; RFC 4328, section 3.1.3).
pub(crate) const PAYLOADS: Table = &[
    (0, "Unknown"),
    (1, "Reserved"),
    (2, "Reserved"),
    (3, "Reserved"),
    (4, "Reserved"),
    (5, "Asynchronous mapping of E4"),
    (6, "Asynchronous mapping of DS3/T3"),
    (7, "Asynchronous mapping of E3"),
    (8, "Bit synchronous mapping of E3"),
    (9, "Byte synchronous mapping of E3"),
    (10, "Asynchronous mapping of DS2/T2"),
    (11, "Bit synchronous mapping of DS2/T2"),
    (12, "Reserved"),
    (13, "Asynchronous mapping of E1"),
    (14, "Byte synchronous mapping of E1"),
    (15, "Byte synchronous mapping of 31 * DS0"),
    (16, "Asynchronous mapping of DS1/T1"),
    (17, "Bit synchronous mapping of DS1/T1"),
    (18, "Byte synchronous mapping of DS1/T1"),
    (19, "VC-11 in VC-12"),
    (20, "Reserved"),
    (21, "Reserved"),
    (22, "DS1 SF Asynchronous"),
    (23, "DS1 ESF Asynchronous"),
    (24, "DS3 M23 Asynchronous"),
    (25, "DS3 C-Bit Parity Asynchronous"),
    (26, "VT/LOVC"),
    (27, "STS SPE/HOVC"),
    (28, "POS - No Scrambling, 16 bit CRC"),
    (29, "POS - No Scrambling, 32 bit CRC"),
    (30, "POS - Scrambling, 16 bit CRC"),
    (31, "POS - Scrambling, 32 bit CRC"),
    (32, "ATM mapping"),
    (33, "Ethernet PHY"),
    (34, "SONET/SDH"),
    (35, "Reserved (SONET deprecated)"),
    (36, "Digital Wrapper"),
    (37, "Lambda"),
    (38, "ANSI/ETSI PDH"),
    (39, "Reserved"),
    (40, "Link Access Protocol SDH (X.85 and X.86)"),
    (41, "FDDI"),
    (42, "DQDB (ETSI ETS 300 216)"),
    (43, "FiberChannel-3 (Services)"),
    (44, "HDLC"),
    (45, "Ethernet V2/DIX (only)"),
    (46, "Ethernet 802.3 (only)"),
    (47, "G.709 ODUj"),
    (48, "G.709 OTUk(v)"),
    (49, "CBR/CBRa"),
    (50, "CBRb"),
    (51, "BSOT"),
    (52, "BSNT"),
    (53, "IP/PPP (GFP)"),
    (54, "Ethernet MAC (framed GFP)"),
    (55, "Ethernet PHY (transparent GFP)"),
    (56, "ESCON"),
    (57, "FICON"),
    (58, "Fiber Channel"),
];

/// A floating-point number with ten significant digits, `%.10g`.
#[derive(Clone, Copy)]
pub(crate) struct General(pub f64);

impl Put for General {
    fn put(self, o: &mut Out) {
        const DIGITS: i32 = 10;
        if !self.0.is_finite() {
            let sign = self.0.is_sign_negative().then_some("-");
            return o.put((sign, if self.0.is_nan() { "nan" } else { "inf" }));
        }
        let scientific = format!("{:.*e}", DIGITS as usize - 1, self.0);
        let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let shortened = |digits: &str| {
            let whole = if digits.contains('.') { digits.trim_end_matches('0') } else { digits };
            whole.trim_end_matches('.').to_owned()
        };
        if (-4..DIGITS).contains(&exponent) {
            let decimals = (DIGITS - 1 - exponent).unsigned_abs() as usize;
            return o.put(shortened(&format!("{:.*}", decimals, self.0)).as_str());
        }
        let sign = if exponent < 0 { "e-" } else { "e+" };
        o.put((shortened(digits).as_str(), sign, crate::put::Zeros(exponent.unsigned_abs(), 2)));
    }
}
