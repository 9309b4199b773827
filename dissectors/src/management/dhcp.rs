//! BOOTP (RFC 951) and DHCP for IPv4 (RFC 2131).

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::management::{dhcp_fields, dhcp_options};
use crate::out::Out;
use crate::put::{Hex, Hex4, Ipv4, Mac, Named, Otherwise, Table, bits};
use crate::view::{Step, Stop, View};

const OPERATION: Field<u8> = Field::new("dhcp.type", 0);
const HARDWARE: Field<u8> = Field::new("dhcp.hw.type", 1);
const HARDWARE_LEN: Field<u8> = Field::new("dhcp.hw.len", 2);
const HOPS: Field<u8> = Field::new("dhcp.hops", 3);
const ID: Field<u32> = Field::new("dhcp.id", 4);
const SECONDS: Field<u16> = Field::new("dhcp.secs", 8);
const FLAGS: Field<u16> = Field::new("dhcp.flags", 10);
const BROADCAST: &[Slot] = &[Slot::new("dhcp.flags.bc", 10, 2).bit(15)];
const CLIENT: Field<Ipv4> = Field::new("dhcp.ip.client", 12);
const YOURS: Field<Ipv4> = Field::new("dhcp.ip.your", 16);
const SERVER: Field<Ipv4> = Field::new("dhcp.ip.server", 20);
const RELAY: Field<Ipv4> = Field::new("dhcp.ip.relay", 24);
const MAC: Field<Mac> = Field::new("dhcp.hw.mac_addr", 28);
/// The server's name and the boot file's: offset and octets.
const SERVER_NAME: (usize, usize) = (44, 64);
const BOOT_FILE: (usize, usize) = (108, 128);
/// The vendor's area, which begins with a magic number.
const VENDOR: Field<u32> = Field::new("dhcp.cookie", 236);
const VENDOR_AT: usize = 236;

const REQUEST: u8 = 1;
const ETHERNET: u8 = 1;
const MAC_LEN: u8 = 6;
const OPERATIONS: Table = &[(1, "Request"), (2, "Reply")];
const FLAG_NAMES: Table = &[(0x8000, "Broadcast")];

/// Options as in RFC 1497, or Carnegie Mellon's fixed fields.
const MAGIC_OPTIONS: u32 = 0x6382_5363;
const MAGIC_CMU: u32 = u32::from_be_bytes(*b"CMU\0");

/// A message; all but its kind only with `-v`.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "bootp";
    let operation = v.get(OPERATION)?;
    o.put(("BOOTP/DHCP, ", Named(OPERATIONS, operation.into(), Otherwise::Hex("unknown (0x", 2, ")"))));
    if o.tree.is_some() {
        note(o, v);
    }
    let (hardware, hardware_len) = (v.get(HARDWARE)?, v.get(HARDWARE_LEN)?);
    let has_mac = hardware == ETHERNET && hardware_len == MAC_LEN;
    if has_mac && operation == REQUEST {
        o.put((" from ", v.get(MAC)?));
    }
    o.put((", length ", v.len()));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    let result = verbose(o, v, hardware, hardware_len);
    o.settle(result)
}

/// The tree's fields.
fn note(o: &mut Out, v: View<'_>) {
    o.see(OPERATION, v);
    o.see(HARDWARE, v);
    o.see(HARDWARE_LEN, v);
    o.see(HOPS, v);
    o.see(ID, v);
    o.see(SECONDS, v);
    o.see(FLAGS, v);
    o.see_all(BROADCAST, v);
    for field in [CLIENT, YOURS, SERVER, RELAY] {
        o.see(field, v);
    }
    if v.get(HARDWARE_LEN) == Ok(MAC_LEN) {
        o.see(MAC, v);
    }
    for (field, (at, size)) in [(id!("dhcp.server"), SERVER_NAME), (id!("dhcp.file"), BOOT_FILE)] {
        let text = v.bytes(at, size).unwrap_or_default().split(|&octet| octet == 0).next().unwrap_or_default();
        if !text.is_empty() {
            o.note_octets(field, text);
        }
    }
    if v.get(VENDOR) == Ok(MAGIC_OPTIONS) {
        o.see(VENDOR, v);
        dhcp_fields::note(o, v.skip(VENDOR_AT + 4).payload());
    }
}

fn verbose(o: &mut Out, v: View<'_>, hardware: u8, hardware_len: u8) -> Step {
    v.get(SECONDS).map_err(Stop::noticed)?;
    let has_mac = hardware == ETHERNET && hardware_len == MAC_LEN;
    if hardware != ETHERNET {
        o.put((", htype ", hardware));
    }
    if !has_mac {
        o.put((", hlen ", hardware_len));
    }
    if v.get(HOPS)? != 0 {
        o.put((", hops ", v.get(HOPS)?));
    }
    if v.get(ID)? != 0 {
        o.put((", xid 0x", Hex(v.get(ID)?)));
    }
    if v.get(SECONDS)? != 0 {
        o.put((", secs ", v.get(SECONDS)?));
    }
    let flags = v.get(FLAGS)?;
    o.put((", Flags [", bits(FLAG_NAMES, flags, ", ", "none"), "]"));
    if o.opt.verbose > 1 {
        o.put((" (0x", Hex4(flags), ")"));
    }
    let addresses = [
        (CLIENT, "\n\t  Client-IP "),
        (YOURS, "\n\t  Your-IP "),
        (SERVER, "\n\t  Server-IP "),
        (RELAY, "\n\t  Gateway-IP "),
    ];
    for (field, name) in addresses {
        let address = v.get(field)?;
        if address.0 != [0; 4] {
            o.put((name, address));
        }
    }
    if has_mac {
        o.put(("\n\t  Client-Ethernet-Address ", v.get(MAC)?));
    }
    text(o, v, SERVER_NAME, "\n\t  sname \"")?;
    text(o, v, BOOT_FILE, "\n\t  file \"")?;
    v.check(VENDOR_AT + 4)?;
    match v.get(VENDOR)? {
        MAGIC_OPTIONS => dhcp_options::dissect(o, v.skip(VENDOR_AT))?,
        MAGIC_CMU => carnegie_mellon(o, v.skip(VENDOR_AT))?,
        0 => {}
        magic => o.put(("\n\t  Vendor-#0x", Hex(magic))),
    }
    Ok(())
}

/// A text field that must end with NUL.
fn text(o: &mut Out, v: View<'_>, (at, octets): (usize, usize), before: &str) -> Step {
    let field = v.skip(at);
    if field.u8(0)? == 0 {
        return Ok(());
    }
    o.put(before);
    let cut = o.until_nul(field, octets);
    o.put("\"");
    let ended = field.data().iter().take(octets).any(|&byte| byte == 0);
    if cut || !ended { Err(Stop::Cut) } else { Ok(()) }
}

/// The fixed fields of Carnegie Mellon's clients.
fn carnegie_mellon(o: &mut Out, v: View<'_>) -> Step {
    const FLAG_BITS: usize = 4;
    const HAS_MASK: u8 = 1;
    o.put(" vend-cmu");
    v.check(FLAG_BITS + 4)?;
    let flags = v.u8(FLAG_BITS)?;
    if flags & !HAS_MASK != 0 {
        o.put((" F:0x", Hex(flags)));
    }
    let mask = if flags & HAS_MASK != 0 { " SM:" } else { " SM*:" };
    let fields = [
        (12, " DG:"),
        (8, mask),
        (16, " NS1:"),
        (20, " NS2:"),
        (24, " IEN1:"),
        (28, " IEN2:"),
        (32, " TS1:"),
        (36, " TS2:"),
    ];
    for (at, name) in fields {
        v.check(at + 4)?;
        let address = v.array(at)?;
        if address != [0; 4] {
            o.put((name, Ipv4(address)));
        }
    }
    Ok(())
}
