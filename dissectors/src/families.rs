//! The names of address families (IANA, Address Family Numbers) and of network
//! layer protocols.

use crate::put::Table;

/// Address families by number.
pub(crate) const FAMILIES: Table = &[
    (0, "Reserved"),
    (1, "IPv4"),
    (2, "IPv6"),
    (3, "NSAP"),
    (4, "HDLC"),
    (5, "BBN 1822"),
    (6, "802"),
    (7, "E.163"),
    (8, "E.164"),
    (9, "F.69"),
    (10, "X.121"),
    (11, "Novell IPX"),
    (12, "Appletalk"),
    (13, "Decnet IV"),
    (14, "Banyan Vines"),
    (15, "E.164 with NSAP subaddress"),
    (25, "VPLS"),
    (196, "Layer-2 VPN"),
];

/// Network layer protocol identifiers (ISO/IEC TR 9577).
pub(crate) const NETWORK_IDENTIFIERS: Table = &[
    (0x00, "NULL"),
    (0x08, "Q.933"),
    (0x09, "LMI"),
    (0x80, "SNAP"),
    (0x81, "CLNP"),
    (0x82, "ES-IS"),
    (0x83, "IS-IS"),
    (0x84, "CONS"),
    (0x85, "IDRP"),
    (0x8a, "X25 ES-IS"),
    (0x8e, "IPv6"),
    (0xb1, "FRF.15"),
    (0xc1, "ISIS_SPB"),
    (0xcc, "IPv4"),
    (0xcf, "PPP"),
];
