//! DHCPv6 options (RFC 8415, section 21; IANA, DHCPv6 Option Codes).

use crate::management::dhcp6;
use crate::naming::dns_names::{self, Message};
use crate::out::Out;
use crate::put::{Chars, Hex2, Hex4, Hex8, Ipv6, Octets, Table, named_dec};
use crate::view::{Step, Stop, View};

/// Octets of code and length.
const HEADER: usize = 4;
/// Opaque values are cut to so many octets.
const BRIEF: usize = 10;

const CLIENT_ID: u16 = 1;
const SERVER_ID: u16 = 2;
const IA_NA: u16 = 3;
const IA_TA: u16 = 4;
const IA_ADDRESS: u16 = 5;
const OPTION_REQUEST: u16 = 6;
const PREFERENCE: u16 = 7;
const ELAPSED_TIME: u16 = 8;
const RELAY_MESSAGE: u16 = 9;
const AUTHENTICATION: u16 = 11;
const STATUS_CODE: u16 = 13;
const USER_CLASS: u16 = 15;
const INTERFACE_ID: u16 = 18;
const RECONFIGURE_MESSAGE: u16 = 19;
const SIP_DOMAINS: u16 = 21;
const SIP_SERVERS: u16 = 22;
const DNS_SERVERS: u16 = 23;
const DOMAIN_LIST: u16 = 24;
const IA_PD: u16 = 25;
const IA_PREFIX: u16 = 26;
const NIS_SERVERS: u16 = 27;
const NISP_SERVERS: u16 = 28;
const SNTP_SERVERS: u16 = 31;
const LIFETIME: u16 = 32;
const BCMCS_SERVERS: u16 = 34;
const REMOTE_ID: u16 = 37;
const SUBSCRIBER_ID: u16 = 38;
const PANA_AGENT: u16 = 40;
const POSIX_TIMEZONE: u16 = 41;
const TZDB_TIMEZONE: u16 = 42;
const ECHO_REQUEST: u16 = 43;
const LEASE_QUERY: u16 = 44;
const CLIENT_DATA: u16 = 45;
const CLIENT_TIME: u16 = 46;
const RELAY_DATA: u16 = 47;
const CLIENT_LINK: u16 = 48;
const NTP_SERVER: u16 = 56;
const BOOT_FILE_URL: u16 = 59;
const AFTR_NAME: u16 = 64;
const MUD_URL: u16 = 112;
const SZTP_REDIRECT: u16 = 136;

const NAMES: Table = &[
    (1, "client-ID"),
    (2, "server-ID"),
    (3, "IA_NA"),
    (4, "IA_TA"),
    (5, "IA_ADDR"),
    (6, "option-request"),
    (7, "preference"),
    (8, "elapsed-time"),
    (9, "relay-message"),
    (11, "authentication"),
    (12, "server-unicast"),
    (13, "status-code"),
    (14, "rapid-commit"),
    (15, "user-class"),
    (16, "vendor-class"),
    (17, "vendor-specific-info"),
    (18, "interface-ID"),
    (19, "reconfigure-message"),
    (20, "reconfigure-accept"),
    (21, "SIP-servers-domain"),
    (22, "SIP-servers-address"),
    (23, "DNS-server"),
    (24, "DNS-search-list"),
    (25, "IA_PD"),
    (26, "IA_PD-prefix"),
    (31, "SNTP-servers"),
    (32, "lifetime"),
    (27, "NIS-server"),
    (28, "NIS+-server"),
    (29, "NIS-domain-name"),
    (30, "NIS+-domain-name"),
    (33, "BCMCS-domain-name"),
    (34, "BCMCS-server"),
    (36, "Geoconf-Civic"),
    (37, "Remote-ID"),
    (38, "Subscriber-ID"),
    (39, "Client-FQDN"),
    (40, "PANA-agent"),
    (41, "POSIX-timezone"),
    (42, "POSIX-tz-database"),
    (43, "Echo-request-option"),
    (44, "Lease-query"),
    (45, "LQ-client-data"),
    (46, "Clt-time"),
    (47, "LQ-relay-data"),
    (48, "LQ-client-link"),
    (56, "NTP-server"),
    (59, "Bootfile-URL"),
    (64, "AFTR-Name"),
    (112, "MUD-URL"),
    (136, "SZTP-redirect"),
];

const STATUS_CODES: Table = &[
    (0, "Success"),
    (1, "UnspecFail"),
    (2, "NoAddrsAvail"),
    (3, "NoBinding"),
    (4, "NotOnLink"),
    (5, "UseMulticast"),
    (6, "NoPrefixAvail"),
    (7, "UnknownQueryType"),
    (8, "MalformedQuery"),
    (9, "NotConfigured"),
    (10, "NotAllowed"),
];

/// The options of `v` from `at` to `end`; one that does not fit ends the list.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, at: usize, end: usize) -> Step {
    o.nested(|o| {
        let mut at = at;
        while at < end {
            match option(o, v, at, end)? {
                Some(next) => at = next,
                None => {
                    o.truncated();
                    break;
                }
            }
        }
        Ok(())
    })
}

/// The option at `at`; where the next one is, or nothing if this one is cut.
fn option(o: &mut Out, v: View<'_>, at: usize, end: usize) -> Step<Option<usize>> {
    if at + HEADER > end {
        return Ok(None);
    }
    let (code, length) = (v.u16(at)?, usize::from(v.u16(at + 2)?));
    let next = at + HEADER + length;
    if next > end {
        return Ok(None);
    }
    o.put((" (", named_dec(NAMES, code, "opt_")));
    match value(o, v, code, at + HEADER, length) {
        Ok(()) => o.put(")"),
        Err(Stop::Malformed) => o.put(" ?)"),
        Err(Stop::Cut) => return Ok(None),
        Err(stop) => return Err(stop),
    }
    Ok(Some(next))
}

/// The value of an option; malformed if its length cannot be right.
fn value(o: &mut Out, v: View<'_>, code: u16, at: usize, length: usize) -> Step {
    let fits = |fit: bool| if fit { Ok(()) } else { Err(Stop::Malformed) };
    // The option alone; names and options inside it look at the whole message.
    let own = v.skip(at).claim(length).cut(length);
    let end = at + length;
    match code {
        CLIENT_ID | SERVER_ID => duid(o, own),
        IA_ADDRESS => {
            fits(length >= 24)?;
            o.put((" ", Ipv6(own.array(0)?), " pltime:", own.u32(16)?, " vltime:", own.u32(20)?));
            dissect(o, v, at + 24, end)
        }
        OPTION_REQUEST | ECHO_REQUEST => {
            fits(length.is_multiple_of(2))?;
            for i in (0..length).step_by(2) {
                o.put((" ", named_dec(NAMES, own.u16(i)?, "opt_")));
            }
            Ok(())
        }
        PREFERENCE => fits(length == 1).and_then(|()| {
            o.put((" ", own.u8(0)?));
            Ok(())
        }),
        ELAPSED_TIME => fits(length == 2).and_then(|()| {
            o.put((" ", own.u16(0)?));
            Ok(())
        }),
        LIFETIME | CLIENT_TIME => fits(length == 4).and_then(|()| {
            o.put((" ", own.u32(0)?));
            Ok(())
        }),
        RELAY_MESSAGE => {
            // Two brackets open and one closes, as in the text that is reproduced.
            o.put(" (");
            o.nested(|o| dhcp6::message(o, own))
        }
        AUTHENTICATION => fits(length >= 11).and_then(|()| authentication(o, own)),
        INTERFACE_ID | SUBSCRIBER_ID => opaque(o, own),
        RECONFIGURE_MESSAGE => {
            fits(length == 1)?;
            match own.u8(0)? {
                5 => o.put(" for renew"),
                11 => o.put(" for inf-req"),
                other => o.put((" for ???(", Hex2(other), ")")),
            }
            Ok(())
        }
        SIP_SERVERS | DNS_SERVERS | SNTP_SERVERS | NIS_SERVERS | NISP_SERVERS | BCMCS_SERVERS | PANA_AGENT
        | CLIENT_LINK => {
            fits(length.is_multiple_of(16))?;
            for i in (0..length).step_by(16) {
                o.put((" ", Ipv6(own.array(i)?)));
            }
            Ok(())
        }
        SIP_DOMAINS | DOMAIN_LIST => {
            let mut at = at;
            while at < end {
                o.put(" ");
                at = domain(o, v, at, end)?;
            }
            Ok(())
        }
        STATUS_CODE => {
            fits(length >= 2)?;
            let code = own.u16(0)?;
            if code > 255 {
                o.put(" INVALID code");
            } else {
                o.put((" ", named_dec(STATUS_CODES, code, "code")));
            }
            Ok(())
        }
        IA_NA | IA_PD => {
            fits(length >= 12)?;
            o.put((" IAID:", own.u32(0)?, " T1:", own.u32(4)?, " T2:", own.u32(8)?));
            dissect(o, v, at + 12, end)
        }
        IA_TA => {
            fits(length >= 4)?;
            o.put((" IAID:", own.u32(0)?));
            dissect(o, v, at + 4, end)
        }
        IA_PREFIX => {
            fits(length >= 25)?;
            o.put((" ", Ipv6(own.array(9)?), "/", own.u8(8)?));
            o.put((" pltime:", own.u32(0)?, " vltime:", own.u32(4)?));
            dissect(o, v, at + 25, end)
        }
        REMOTE_ID => {
            fits(length >= 4)?;
            o.put((" ", own.u32(0)?));
            opaque(o, own.skip(4))
        }
        LEASE_QUERY => {
            fits(length >= 17)?;
            match own.u8(0)? {
                1 => o.put(" by-address"),
                2 => o.put(" by-clientID"),
                other => o.put((" type_", other)),
            }
            o.put((" ", Ipv6(own.array(1)?)));
            dissect(o, v, at + 17, end)
        }
        CLIENT_DATA => dissect(o, v, at, end),
        RELAY_DATA => {
            fits(length >= 16)?;
            o.put((" ", Ipv6(own.array(0)?)));
            opaque(o, own.skip(16))
        }
        NTP_SERVER => fits(length >= 4).and_then(|()| ntp_servers(o, v, at, end)),
        AFTR_NAME => fits(length >= 3).and_then(|()| tunnel_name(o, own)),
        POSIX_TIMEZONE | TZDB_TIMEZONE | MUD_URL => {
            fits(length >= 5)?;
            o.put(" ");
            o.until_nul(own, length);
            Ok(())
        }
        BOOT_FILE_URL => {
            o.put((" ", Chars(own.bytes(0, length)?)));
            Ok(())
        }
        SZTP_REDIRECT | USER_CLASS => texts(o, own),
        _ => Ok(()),
    }
}

/// A DHCP unique identifier (RFC 8415, section 11; RFC 6355).
fn duid(o: &mut Out, v: View<'_>) -> Step {
    const LINK_LAYER_TIME: u16 = 1;
    const ENTERPRISE: u16 = 2;
    const LINK_LAYER: u16 = 3;
    const UUID: u16 = 4;
    let octets_from = |at: usize| v.bytes(at, v.len() - at).map(Octets);
    if v.len() < 2 {
        return Err(Stop::Malformed);
    }
    match (v.u16(0)?, v.len()) {
        (LINK_LAYER_TIME, 8..) => {
            o.put((" hwaddr/time type ", v.u16(2)?, " time ", v.u32(4)?, " ", octets_from(8)?));
        }
        (ENTERPRISE, 6..) => o.put((" enterprise ", v.u32(2)?, " ", octets_from(6)?)),
        (LINK_LAYER, 4..) => o.put((" hwaddr type ", v.u16(2)?, " ", octets_from(4)?)),
        (UUID, length) => {
            o.put(" uuid ");
            if length != 18 {
                return Err(Stop::Malformed);
            }
            o.put(octets_from(2)?);
        }
        (LINK_LAYER_TIME | ENTERPRISE | LINK_LAYER, _) => return Err(Stop::Malformed),
        (kind, _) => o.put((" type ", kind)),
    }
    Ok(())
}

/// The first octets of an opaque value; an ellipsis follows short ones too.
fn opaque(o: &mut Out, v: View<'_>) -> Step {
    o.put((" ", Octets(v.bytes(0, v.len().min(BRIEF))?), "..."));
    Ok(())
}

/// A domain name at `at`; pointers in it count from `end` on.
fn domain(o: &mut Out, v: View<'_>, at: usize, end: usize) -> Step<usize> {
    dns_names::put_with_base(o, &mut Message::new(v, false), at, end, usize::MAX)
}

/// Authentication (RFC 3315, section 22.11): the protocols that it defines.
fn authentication(o: &mut Out, v: View<'_>) -> Step {
    const DELAYED: u8 = 2;
    const RECONFIGURE: u8 = 3;
    const HMAC_MD5: u8 = 1;
    const MONOTONIC: u8 = 0;
    let protocol = v.u8(0)?;
    match protocol {
        DELAYED => o.put(" proto: delayed"),
        RECONFIGURE => o.put(" proto: reconfigure"),
        _ => o.put((" proto: ", protocol)),
    }
    match v.u8(1)? {
        HMAC_MD5 => o.put(", alg: HMAC-MD5"),
        other => o.put((", alg: ", other)),
    }
    match v.u8(2)? {
        MONOTONIC => o.put(", RDM: mono"),
        other => o.put((", RDM: ", other)),
    }
    o.put(", RD:");
    for at in (3..11).step_by(2) {
        o.put((" ", Hex4(v.u16(at)?)));
    }
    let v = v.skip(11);
    match (protocol, v.len()) {
        (DELAYED, 0) => {}
        (DELAYED, 20..) => {
            let realm = v.len() - 20;
            if realm > 0 {
                o.put((", realm: ", Octets(v.bytes(0, realm)?)));
            }
            o.put((", key ID: ", Hex8(v.u32(realm)?), ", HMAC-MD5:"));
            digest(o, v.skip(realm + 4))?;
        }
        (RECONFIGURE, 17) => {
            match v.u8(0)? {
                1 => o.put(" reconfig-key"),
                2 => o.put(" type: HMAC-MD5"),
                _ => o.put(" type: ??"),
            }
            o.put(" value:");
            digest(o, v.skip(1))?;
        }
        _ => o.put(" ??"),
    }
    Ok(())
}

/// 128 bits in four groups.
fn digest(o: &mut Out, v: View<'_>) -> Step {
    for at in (0..16).step_by(4) {
        o.put((" ", Hex8(v.u32(at)?)));
    }
    Ok(())
}

/// NTP servers (RFC 5908).
fn ntp_servers(o: &mut Out, v: View<'_>, at: usize, end: usize) -> Step {
    const ADDRESS: u16 = 1;
    const MULTICAST: u16 = 2;
    const NAME: u16 = 3;
    let mut at = at;
    while at + HEADER < end {
        let (code, length) = (v.u16(at)?, usize::from(v.u16(at + 2)?));
        at += HEADER;
        if at + length > end {
            return Err(Stop::Cut);
        }
        o.put((" subopt:", code));
        match code {
            ADDRESS | MULTICAST if length == 16 => o.put((" ", Ipv6(v.array(at)?))),
            NAME => {
                o.put(" ");
                domain(o, v, at, at + length)?;
            }
            _ => o.put(" ?"),
        }
        at += length;
    }
    Ok(())
}

/// The name of a Dual-Stack Lite tunnel's end (RFC 6334, section 4).
fn tunnel_name(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v;
    o.put(" ");
    while !rest.is_empty() && rest.u8(0)? != 0 {
        let length = usize::from(rest.u8(0)?);
        rest = rest.skip(1);
        if length >= rest.len() {
            o.put(" ?");
            break;
        }
        o.until_nul(rest, length);
        rest = rest.skip(length);
        if rest.u8(0)? != 0 {
            o.put(".");
        }
    }
    Ok(())
}

/// Texts, each after its length, joined by commas.
fn texts(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v;
    o.put(" ");
    while rest.len() >= 2 {
        if rest.at() != v.at() {
            o.put(",");
        }
        let length = usize::from(rest.u16(0)?);
        if length > rest.len() - 2 {
            o.put(" ?");
            break;
        }
        o.put(Chars(rest.bytes(2, length)?));
        rest = rest.skip(2 + length);
    }
    if !rest.is_empty() {
        o.put(" ?");
    }
    Ok(())
}
