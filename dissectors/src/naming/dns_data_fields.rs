//! Data of DNS records for the tree: DNSSEC (RFC 4034, RFC 5155), certification
//! (RFC 8659), fingerprints and certificates (RFC 4255, RFC 6698), services (RFC 3403,
//! RFC 9460), and the options of EDNS (RFC 6891).

use crate::field::Slot;
use crate::fields::Id;
use crate::naming::dns_fields::Reader;
use crate::out::Out;
use crate::put::{Ipv4, Ipv6};
use crate::view::View;

const HINFO: u16 = 13;
const NAPTR: u16 = 35;
const RRSIG: u16 = 46;
const NSEC: u16 = 47;
const DNSKEY: u16 = 48;
const NSEC3: u16 = 50;
const SVCB: u16 = 64;
const HTTPS: u16 = 65;
const SPF: u16 = 99;
const CAA: u16 = 257;

/// A type, its fields at fixed places, and what goes on from a place to the end.
type Row = (u16, &'static [Slot], Option<(usize, Id)>);

const FIXED: &[Row] = &[
    (
        43,
        &[Slot::new("dns.ds.key_id", 0, 2), Slot::new("dns.ds.algorithm", 2, 1), Slot::new("dns.ds.digest_type", 3, 1)],
        Some((4, Id::of("dns.ds.digest"))),
    ),
    (
        44,
        &[Slot::new("dns.sshfp.algorithm", 0, 1), Slot::new("dns.sshfp.fingerprint.type", 1, 1)],
        Some((2, Id::of("dns.sshfp.fingerprint"))),
    ),
    (
        RRSIG,
        &[
            Slot::new("dns.rrsig.type_covered", 0, 2),
            Slot::new("dns.rrsig.algorithm", 2, 1),
            Slot::new("dns.rrsig.labels", 3, 1),
            Slot::new("dns.rrsig.original_ttl", 4, 4),
            Slot::new("dns.rrsig.key_tag", 16, 2),
        ],
        None,
    ),
    (
        DNSKEY,
        &[
            Slot::new("dns.dnskey.flags", 0, 2),
            Slot::new("dns.dnskey.protocol", 2, 1),
            Slot::new("dns.dnskey.algorithm", 3, 1),
        ],
        Some((4, Id::of("dns.dnskey.public_key"))),
    ),
    (
        NSEC3,
        &[
            Slot::new("dns.nsec3.algo", 0, 1),
            Slot::new("dns.nsec3.flags", 1, 1),
            Slot::new("dns.nsec3.iterations", 2, 2),
        ],
        None,
    ),
    (
        52,
        &[
            Slot::new("dns.tlsa.certificate_usage", 0, 1),
            Slot::new("dns.tlsa.selector", 1, 1),
            Slot::new("dns.tlsa.matching_type", 2, 1),
        ],
        Some((3, Id::of("dns.tlsa.certificate_association_data"))),
    ),
    (NAPTR, &[Slot::new("dns.naptr.order", 0, 2), Slot::new("dns.naptr.preference", 2, 2)], None),
    (SVCB, PRIORITY, None),
    (HTTPS, PRIORITY, None),
    (CAA, &[Slot::new("dns.caa.flags", 0, 1)], None),
];
const PRIORITY: &[Slot] = &[Slot::new("dns.svcb.svcpriority", 0, 2)];

/// Notes the data of a record, `length` octets at `at`.
pub(super) fn note(o: &mut Out, reader: &Reader<'_>, kind: u16, at: usize, length: usize) -> Option<()> {
    let v = reader.v.skip(at).cut(length);
    if let Some((_, slots, rest)) = FIXED.iter().find(|row| row.0 == kind) {
        o.see_all(slots, v);
        if let Some((from, id)) = rest {
            o.note_octets(*id, v.skip(*from).payload());
        }
    }
    match kind {
        DNSKEY => o.note(id!("dns.dnskey.key_id"), key_tag(v.payload())),
        RRSIG => {
            const SECOND: u64 = 1_000_000_000;
            for (at, id) in [(8, id!("dns.rrsig.signature_expiration")), (12, id!("dns.rrsig.signature_inception"))] {
                o.note(id, u64::from(v.u32(at).ok()?) * SECOND);
            }
            let (name, behind) = reader.name(at + 18)?;
            o.note_octets(id!("dns.rrsig.signers_name"), name.text());
            o.note_octets(id!("dns.rrsig.signature"), v.skip(behind - at).payload());
        }
        NSEC => {
            let (name, behind) = reader.name(at)?;
            o.note_octets(id!("dns.nsec.next_domain_name"), name.text());
            types(o, v.skip(behind - at))?;
        }
        NSEC3 => {
            let (salt, rest) = counted(v.skip(4))?;
            o.note_octets(id!("dns.nsec3.salt_value"), salt);
            types(o, counted(rest)?.1)?;
        }
        CAA => authorization(o, v)?,
        NAPTR => {
            let mut rest = v.skip(4);
            for id in [id!("dns.naptr.flags"), id!("dns.naptr.service"), id!("dns.naptr.regex")] {
                let (text, behind) = counted(rest)?;
                o.note_octets(id, text);
                rest = behind;
            }
            let name = reader.name(rest.at() - reader.v.at())?.0;
            o.note_octets(id!("dns.naptr.replacement"), name.text());
        }
        SVCB | HTTPS => {
            let (name, behind) = reader.name(at + 2)?;
            o.note_octets(id!("dns.svcb.targetname"), name.text());
            parameters(o, v.skip(behind - at))?;
        }
        HINFO => {
            let (processor, rest) = counted(v)?;
            o.note_octets(id!("dns.hinfo.cpu"), processor);
            o.note_octets(id!("dns.hinfo.os"), counted(rest)?.0);
        }
        SPF => o.note_octets(id!("dns.spf"), counted(v)?.0),
        _ => {}
    }
    Some(())
}

/// Text or data behind its length of one octet, and what follows.
fn counted(v: View<'_>) -> Option<(&[u8], View<'_>)> {
    let size = usize::from(v.u8(0).ok()?);
    Some((v.bytes(1, size).ok()?, v.skip(1 + size)))
}

/// RFC 4034, appendix B.
fn key_tag(octets: &[u8]) -> u16 {
    let add = |sum: u32, (at, &octet): (usize, &u8)| {
        sum.wrapping_add(if at % 2 == 0 { u32::from(octet) << 8 } else { octet.into() })
    };
    let sum = octets.iter().enumerate().fold(0, add);
    sum.wrapping_add(sum >> 16) as u16
}

/// The types of records that a name has (RFC 4034, section 4.1.2).
fn types(o: &mut Out, mut v: View<'_>) -> Option<()> {
    while !v.is_empty() {
        let window = u16::from(v.u8(0).ok()?) << 8;
        let (bits, rest) = counted(v.skip(1))?;
        for (at, octet) in bits.iter().enumerate().take(32) {
            for bit in (0..8).filter(|bit| octet & 0x80 >> bit != 0) {
                o.note(id!("dns.resp.type"), window | (at * 8 + bit) as u16);
            }
        }
        v = rest;
    }
    Some(())
}

fn authorization(o: &mut Out, v: View<'_>) -> Option<()> {
    let (tag, value) = counted(v.skip(1))?;
    o.note_octets(id!("dns.caa.tag"), tag);
    o.note_octets(id!("dns.caa.value"), value.payload());
    for (name, id) in [
        (&b"issue"[..], id!("dns.caa.issue")),
        (b"issuewild", id!("dns.caa.issuewild")),
        (b"iodef", id!("dns.caa.iodef")),
    ] {
        if tag == name {
            o.note_octets(id, value.payload());
        }
    }
    Some(())
}

/// Parameters of a service (RFC 9460, section 7).
fn parameters(o: &mut Out, mut v: View<'_>) -> Option<()> {
    const ALPN: u16 = 1;
    const PORT: &[Slot] = &[Slot::new("dns.svcb.svcparam.port", 0, 2)];
    const ADDRESS: &[Slot] = &[Slot::new("dns.svcb.svcparam.ipv4hint.ip", 0, 4)];
    const ADDRESS_6: &[Slot] = &[Slot::new("dns.svcb.svcparam.ipv6hint.ip", 0, 16)];
    while !v.is_empty() {
        let (key, size) = (v.u16(0).ok()?, usize::from(v.u16(2).ok()?));
        o.note(id!("dns.svcb.svcparam.key"), key);
        let mut value = v.skip(4).cut(size);
        match key {
            ALPN => {
                while !value.is_empty() {
                    let (name, rest) = counted(value)?;
                    o.note_octets(id!("dns.svcb.svcparam.alpn"), name);
                    value = rest;
                }
            }
            3 => o.see_all(PORT, value),
            4 => o.see_rows(ADDRESS, value, 4),
            6 => o.see_rows(ADDRESS_6, value, 16),
            _ => {}
        }
        v = v.skip(4 + size);
    }
    Some(())
}

/// What the class and the time to live of an OPT record are, from the class on.
const EDNS: &[Slot] = &[
    Slot::new("dns.rr.udp_payload_size", 0, 2),
    Slot::new("dns.resp.ext_rcode", 2, 1),
    Slot::new("dns.resp.edns0_version", 3, 1),
    Slot::new("dns.resp.z", 4, 2),
    Slot::new("dns.resp.z.do", 4, 2).bit(15),
];
const OPTION: &[Slot] = &[Slot::new("dns.opt.code", 0, 2), Slot::new("dns.opt.len", 2, 2)];
const SUBNET: &[Slot] = &[
    Slot::new("dns.opt.client.family", 0, 2),
    Slot::new("dns.opt.client.netmask", 2, 1),
    Slot::new("dns.opt.client.scope", 3, 1),
];
const ERROR: &[Slot] = &[Slot::new("dns.opt.ext_error.info_code", 0, 2)];
const KEEPALIVE: &[Slot] = &[Slot::new("dns.opt.edns_tcp_keepalive.timeout", 0, 2)];

/// Notes what the class and the time to live of an OPT record are.
pub(super) fn edns(o: &mut Out, v: View<'_>) {
    o.see_all(EDNS, v);
}

/// Notes options of EDNS.
pub(super) fn options(o: &mut Out, mut v: View<'_>) -> Option<()> {
    const CLIENT_COOKIE: usize = 8;
    while !v.is_empty() {
        o.see_all(OPTION, v);
        let (code, size) = (v.u16(0).ok()?, usize::from(v.u16(2).ok()?));
        let own = v.skip(4).cut(size);
        match code {
            8 => {
                o.see_all(SUBNET, own);
                subnet(o, own)?;
            }
            10 => {
                o.note_octets(id!("dns.opt.cookie.client"), own.cut(CLIENT_COOKIE).payload());
                o.note_octets(id!("dns.opt.cookie.server"), own.skip(CLIENT_COOKIE).payload());
            }
            11 => o.see_all(KEEPALIVE, own),
            15 => {
                o.see_all(ERROR, own);
                if own.len() > 2 {
                    o.note_octets(id!("dns.opt.ext_error.extra_text"), own.skip(2).payload());
                }
            }
            _ => {}
        }
        v = v.skip(4 + size);
    }
    Some(())
}

/// An address without the octets that its prefix does not need (RFC 7871, section 6).
fn subnet(o: &mut Out, v: View<'_>) -> Option<()> {
    let octets = v.skip(4).payload();
    let mut address = [0; 16];
    address.get_mut(..octets.len())?.copy_from_slice(octets);
    match v.u16(0).ok()? {
        1 => o.note(id!("dns.opt.client.addr4"), Ipv4(*address.first_chunk()?)),
        2 => o.note(id!("dns.opt.client.addr6"), Ipv6(address)),
        _ => {}
    }
    Some(())
}
