//! UDP (RFC 768).

use crate::below::{Below, Ip, ip_of};
use crate::checksum;
use crate::field::Field;
use crate::fields::Id;
use crate::options::PacketType;
use crate::out::Out;
use crate::put::{Hex4, UdpPort};
use crate::registry;
use crate::view::{Step, View};

/// Octets of the header.
const HEADER: usize = 8;
/// The IP protocol number.
const PROTOCOL: u8 = 17;

const SOURCE: Field<u16> = Field::new("udp.srcport", 0);
const DESTINATION: Field<u16> = Field::new("udp.dstport", 2);
const LENGTH: Field<u16> = Field::new("udp.length", 4);
const CHECKSUM: Field<u16> = Field::new("udp.checksum", 6);

const STREAM: Id = Id::of("udp.stream");
const SINCE_FIRST: Id = Id::of("udp.time_relative");
const SINCE_PREVIOUS: Id = Id::of("udp.time_delta");
const PAYLOAD: Id = Id::of("udp.payload");

/// A UDP datagram.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "udp";
    let ip = ip_of(below)?;
    if !v.has(4) {
        if ip.protocol == PROTOCOL {
            o.put((ip.source()?, " > ", ip.destination()?, ": "));
        }
        o.truncated();
        return Ok(());
    }
    let (sport, dport) = (v.get(SOURCE)?, v.get(DESTINATION)?);
    o.note(SOURCE, sport);
    o.note(DESTINATION, dport);
    if let Some(tree) = &mut o.tree
        && let Some(flow) = tree.flow(PROTOCOL, (sport, dport))
    {
        tree.add(STREAM, flow.stream.into());
        if !flow.quoted {
            tree.add(SINCE_FIRST, flow.since_first.into());
            tree.add(SINCE_PREVIOUS, flow.since_previous.into());
        }
    }
    // Calls and replies have their transaction in place of a port.
    if o.opt.packet_type != Some(PacketType::Rpc) {
        ip.put_ends(o, PROTOCOL, UdpPort(sport), UdpPort(dport))?;
    }
    if v.len() < HEADER {
        o.put(("truncated-udp ", v.len()));
        return Ok(());
    }
    if !v.has(6) {
        o.truncated();
        return Ok(());
    }
    let mut claimed = usize::from(v.get(LENGTH)?);
    o.note(LENGTH, claimed);
    o.see(CHECKSUM, v);
    if claimed == 0 && v.len() > 65_535 {
        // A jumbogram (RFC 2675, section 4).
        claimed = v.len();
    }
    if claimed < HEADER {
        o.put(("truncated-udplength ", claimed));
        return Ok(());
    }
    if !v.has(HEADER) {
        o.truncated();
        return Ok(());
    }
    let claimed = claimed - HEADER;
    let length = claimed.min(v.len() - HEADER);
    let payload = v.skip(HEADER).claim(length);
    if let Some(tree) = &mut o.tree
        && tree.payloads
    {
        tree.add_octets(PAYLOAD, payload.payload());
    }
    let below = &Below { sport, dport, ..*below };
    if let Some(kind) = o.opt.packet_type {
        return registry::udp_forced(o, payload, below, kind);
    }
    if registry::udp_remote_call(o, payload, below)? {
        return Ok(());
    }
    if o.opt.verbose > 0 && !o.opt.no_checksums && !ip.fragmented {
        check(o, v, ip, length)?;
    }
    if o.opt.quiet == 0
        && let Some(dissect) = registry::udp_port(below).or_else(|| registry::localtalk(payload, below))
    {
        return dissect(o, payload, below);
    }
    if o.tree.is_some() {
        registry::note_datagram(o, payload, below);
    }
    plain(o, claimed, length, ip.fragmented);
    Ok(())
}

/// The line of a payload that no printer knows.
fn plain(o: &mut Out, claimed: usize, length: usize, fragmented: bool) {
    if claimed > length && !fragmented {
        o.put(("UDP, bad length ", claimed, " > ", length));
    } else {
        o.put(("UDP, length ", claimed));
    }
}

/// The verdict on the checksum: for IPv4 with `-vv`, for IPv6, where it is
/// mandatory, with `-v`.
fn check(o: &mut Out, v: View<'_>, ip: &Ip<'_>, length: usize) -> Step {
    let field = v.get(CHECKSUM)?;
    if ip.version == 4 && o.opt.verbose < 2 {
        return Ok(());
    }
    if field == 0 {
        o.put("[no cksum] ");
        return Ok(());
    }
    let Ok(covered) = v.bytes(0, HEADER + length) else { return Ok(()) };
    match ip.checksum(PROTOCOL, covered.len(), covered)? {
        0 => o.put("[udp sum ok] "),
        computed => {
            o.put(("[bad udp cksum 0x", Hex4(field), " -> 0x", Hex4(checksum::should_be(field, computed)), "!] "))
        }
    }
    Ok(())
}
