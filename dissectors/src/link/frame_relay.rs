//! Frame Relay (RFC 2427) with Q.922 addresses (ITU-T Q.922, section 3.3).

use crate::out::Out;
use crate::view::{Step, Stop, View};

/// A Q.922 address: two to four octets, of which the last has its lowest bit set.
pub(crate) struct Q922 {
    /// Octets of the address.
    pub(crate) len: usize,
    /// The data link connection identifier.
    pub(crate) dlci: u32,
    /// The flag bits where the longest form of the address has them.
    pub(crate) flags: u32,
}

impl Q922 {
    /// Reads an address; `Malformed` if it ends too early or not at all.
    pub(crate) fn read(v: View<'_>) -> Step<Self> {
        let octet = |at: usize| if at < v.len() { v.u8(at) } else { Err(Stop::Truncated) };
        let last = |octet: u8| octet & 1 != 0;
        let first = octet(0)?;
        if last(first) {
            return Err(Stop::Malformed);
        }
        let second = octet(1)?;
        let mut dlci = u32::from(first & 0xfc) << 2 | u32::from(second >> 4);
        let mut flags = u32::from(first & 2) << 24 | u32::from(second & 0x0e) << 16;
        if last(second) {
            return Ok(Q922 { len: 2, dlci, flags });
        }
        let mut len = 3;
        if !last(octet(2)?) {
            dlci = dlci << 7 | u32::from(octet(2)? >> 1);
            len = 4;
        }
        let end = octet(len - 1)?;
        if !last(end) {
            return Err(Stop::Malformed);
        }
        dlci = dlci << 6 | u32::from(end >> 2);
        flags |= u32::from(end & 2);
        Ok(Q922 { len, dlci, flags })
    }
}

/// A hardware address that is a Q.922 address, as ARP has it (RFC 2427, section 11).
pub(crate) fn put_dlci(o: &mut Out, octets: &[u8]) {
    match Q922::read(View::new(octets, octets.len())) {
        Ok(address) => o.put(("DLCI ", address.dlci)),
        Err(Stop::Malformed) => o.put("<Invalid DLCI>"),
        Err(Stop::Truncated) => o.put("<Truncated>"),
    }
}
