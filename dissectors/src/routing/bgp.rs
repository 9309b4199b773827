//! BGP version 4 (RFC 4271): its messages.

use super::bgp_attributes;
use super::bgp_fields;
use super::bgp_nlri::{Wrong, has_paths, prefix4};
use crate::below::Below;
use crate::families::FAMILIES;
use crate::out::Out;
use crate::put::{Chars, Ipv4, Named, Otherwise, Put, Table, bits, named};
use crate::view::{Step, View};

/// The header (RFC 4271, section 4.1), which begins with a marker.
const HEADER: usize = 19;
const MARKER: [u8; 16] = [0xff; 16];
const LENGTH: usize = 16;
const TYPE: usize = 18;

const OPEN: u8 = 1;
const UPDATE: u8 = 2;
const NOTIFICATION: u8 = 3;
const KEEPALIVE: u8 = 4;
const ROUTE_REFRESH: u8 = 5;
/// Octets of a route refresh (RFC 2918, section 3).
const REFRESH_MESSAGE: usize = 23;
const MESSAGES: Table = &[(1, "Open"), (2, "Update"), (3, "Notification"), (4, "Keepalive"), (5, "Route Refresh")];

/// Subsequent address families (IANA, SAFI Namespace).
pub(super) const SUBSEQUENT: Table = &[
    (0, "Reserved"),
    (1, "Unicast"),
    (2, "Multicast"),
    (3, "Unicast+Multicast"),
    (4, "labeled Unicast"),
    (64, "Tunnel"),
    (65, "VPLS"),
    (66, "MDT"),
    (70, "EVPN"),
    (128, "labeled VPN Unicast"),
    (129, "labeled VPN Multicast"),
    (130, "labeled VPN Unicast+Multicast"),
    (132, "Route Target Routing Information"),
    (5, "Multicast VPN"),
];

const CAPABILITIES: u8 = 2;
const OPTIONS: Table = &[(1, "Authentication Information"), (2, "Capabilities Advertisement")];

const MULTIPROTOCOL: u8 = 1;
const REFRESH: u8 = 2;
const LABELS: u8 = 8;
const RESTART: u8 = 64;
const AS_NUMBERS: u8 = 65;
const PATHS: u8 = 69;
const LONG_LIVED: u8 = 71;
const REFRESH_OF_CISCO: u8 = 128;
const CAPABILITY_NAMES: Table = &[
    (1, "Multiprotocol Extensions"),
    (2, "Route Refresh"),
    (3, "Cooperative Route Filtering"),
    (4, "Multiple Routes to a Destination"),
    (5, "Extended Next Hop Encoding"),
    (8, "Multiple Labels"),
    (64, "Graceful Restart"),
    (65, "32-Bit AS Number"),
    (67, "Dynamic Capability"),
    (68, "Multisession BGP"),
    (69, "Multiple Paths"),
    (70, "Enhanced Route Refresh"),
    (71, "Long-lived Graceful Restart"),
    (128, "Route Refresh (Cisco)"),
];
const RESTART_FLAGS: Table = &[(8, "R")];
const PATHS_WANTED: Table = &[(1, "Receive"), (2, "Send"), (3, "Both")];

const CEASE: u8 = 6;
const MOST_PREFIXES: u8 = 1;
const SHUTDOWN: u8 = 2;
const RESET: u8 = 4;
const ERRORS: Table = &[
    (1, "Message Header Error"),
    (2, "OPEN Message Error"),
    (3, "UPDATE Message Error"),
    (4, "Hold Timer Expired"),
    (5, "Finite State Machine Error"),
    (6, "Cease"),
    (7, "Capability Message Error"),
];
const HEADER_ERRORS: Table = &[(1, "Connection Not Synchronized"), (2, "Bad Message Length"), (3, "Bad Message Type")];
const OPEN_ERRORS: Table = &[
    (1, "Unsupported Version Number"),
    (2, "Bad Peer AS"),
    (3, "Bad BGP Identifier"),
    (4, "Unsupported Optional Parameter"),
    (5, "Authentication Failure"),
    (6, "Unacceptable Hold Time"),
    (7, "Capability Message Error"),
];
const UPDATE_ERRORS: Table = &[
    (1, "Malformed Attribute List"),
    (2, "Unrecognized Well-known Attribute"),
    (3, "Missing Well-known Attribute"),
    (4, "Attribute Flags Error"),
    (5, "Attribute Length Error"),
    (6, "Invalid ORIGIN Attribute"),
    (7, "AS Routing Loop"),
    (8, "Invalid NEXT_HOP Attribute"),
    (9, "Optional Attribute Error"),
    (10, "Invalid Network Field"),
    (11, "Malformed AS_PATH"),
];
const STATE_ERRORS: Table =
    &[(0, "Unspecified Error"), (1, "In OpenSent State"), (2, "In OpenConfirm State"), (3, "In Established State")];
/// RFC 4486.
const REASONS: Table = &[
    (1, "Maximum Number of Prefixes Reached"),
    (2, "Administrative Shutdown"),
    (3, "Peer Unconfigured"),
    (4, "Administrative Reset"),
    (5, "Connection Rejected"),
    (6, "Other Configuration Change"),
    (7, "Connection Collision Resolution"),
];
const CAPABILITY_ERRORS: Table = &[
    (1, "Invalid Action Value"),
    (2, "Invalid Capability Length"),
    (3, "Malformed Capability Value"),
    (4, "Unsupported Capability Code"),
];

/// An AS number, with a dot where that is wanted (RFC 5396).
#[derive(Clone, Copy)]
pub(super) struct As(pub u32);

impl Put for As {
    fn put(self, o: &mut Out) {
        if o.opt.asdot && self.0 > 0xffff {
            o.put((self.0 >> 16, ".", self.0 & 0xffff));
        } else {
            o.put(self.0);
        }
    }
}

/// `AFI IPv4 (1), SAFI Unicast (1)`.
fn family(afi: u16, safi: u8) -> impl Put {
    let afi = ("AFI ", named(FAMILIES, afi, "Unknown"), " (", afi, ")");
    (afi, ", SAFI ", named(SUBSEQUENT, safi, "Unknown"), " (", safi, ")")
}

/// BGP over TCP: the messages of a segment, and what is behind a lost part.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "bgp";
    o.put(": BGP");
    if o.opt.verbose < 1 {
        return Ok(());
    }
    let octets = v.data();
    let (mut at, mut start) = (0, 0);
    while let Some(found) = octets[at..].windows(MARKER.len()).position(|octets| octets == MARKER) {
        at += found;
        let message = v.skip(at);
        if !message.has(HEADER) {
            o.truncated();
            return Ok(());
        }
        if start != at {
            o.truncated();
        }
        let (length, kind) = (usize::from(message.u16(LENGTH)?), message.u8(TYPE)?);
        if length < HEADER {
            o.put(("\nmessage length ", length, " < ", HEADER));
            o.invalid();
            break;
        }
        if !message.has(length) {
            o.put(("\n[|BGP ", named(MESSAGES, kind, "Unknown Message Type"), "]"));
            break;
        }
        self::message(o, message.claim(length), kind)?;
        at += length;
        start = at;
    }
    Ok(())
}

/// A message that is whole.
fn message(o: &mut Out, v: View<'_>, kind: u8) -> Step {
    bgp_fields::note(o, v, kind);
    o.put(("\n\t", named(MESSAGES, kind, "Unknown"), " Message (", kind, "), length: ", v.len()));
    let whole = match kind {
        OPEN => open(o, v)?,
        UPDATE => update(o, v)?,
        NOTIFICATION => {
            notification(o, v)?;
            true
        }
        KEEPALIVE => true,
        ROUTE_REFRESH => {
            if v.len() >= REFRESH_MESSAGE && v.has(REFRESH_MESSAGE) {
                o.put(("\n\t  ", family(v.u16(HEADER)?, v.u8(HEADER + 3)?)));
                if o.opt.verbose > 1 {
                    o.unknown(v, "\n\t  ", v.len());
                }
            }
            v.has(REFRESH_MESSAGE)
        }
        _ => {
            o.put(("\n\t  no Message ", kind, " decoder"));
            o.unknown(v, "\n\t  ", v.len());
            true
        }
    };
    if !whole {
        o.truncated();
    }
    Ok(())
}

/// RFC 4271, section 4.2; false if it ends early.
fn open(o: &mut Out, v: View<'_>) -> Step<bool> {
    const OPTIONS_AT: usize = 29;
    const OPTION: usize = 2;
    if v.len() < OPTIONS_AT {
        return Ok(false);
    }
    let (version, own, hold, id) = (v.u8(19)?, v.u16(20)?, v.u16(22)?, Ipv4(v.array(24)?));
    o.put(("\n\t  Version ", version, ", my AS ", As(own.into()), ", Holdtime ", hold, "s, ID ", id));
    let size = usize::from(v.u8(28)?);
    o.put(("\n\t  Optional parameters, length: ", size));
    let (options, left) = (v.skip(OPTIONS_AT), v.len() - OPTIONS_AT);
    let mut at = 0;
    while at < size {
        if !options.has(at + OPTION) || left < at + OPTION {
            return Ok(false);
        }
        let (kind, length) = (options.u8(at)?, usize::from(options.u8(at + 1)?));
        if at + OPTION + length > size {
            let text = ", goes past the end of the options";
            o.put(("\n\t     Option ", kind, ", length: ", length, text));
            break;
        }
        o.put(("\n\t    Option ", named(OPTIONS, kind, "Unknown"), " (", kind, "), length: ", length));
        if kind == CAPABILITIES {
            capabilities(o, options.skip(at + OPTION), length)?;
        } else {
            o.put(("\n\t      no decoder for option ", kind));
        }
        at += OPTION + length;
    }
    Ok(true)
}

/// Capabilities in `left` octets (RFC 5492).
fn capabilities(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step {
    while left > 0 {
        if !v.has(2) {
            o.truncated();
            return Ok(());
        }
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        o.put(("\n\t      ", named(CAPABILITY_NAMES, kind, "Unknown"), " (", kind, "), length: ", size));
        let value = v.skip(2);
        if !value.has(size) {
            o.truncated();
            return Ok(());
        }
        if !capability(o, value, kind, size)? {
            return Ok(());
        }
        if o.opt.verbose > 1 && size != 0 {
            o.unknown(value, "\n\t\t", size);
        }
        (v, left) = (value.skip(size), left.saturating_sub(2 + size));
    }
    Ok(())
}

/// A capability; false if it is too short.
fn capability(o: &mut Out, v: View<'_>, kind: u8, size: usize) -> Step<bool> {
    let least = match kind {
        MULTIPROTOCOL | AS_NUMBERS => 4,
        RESTART => 2,
        _ => 0,
    };
    if size < least {
        o.put((" (too short, < ", least, ")"));
        return Ok(false);
    }
    match kind {
        MULTIPROTOCOL => o.put(("\n\t\t", family(v.u16(0)?, v.u8(3)?))),
        LABELS => {
            for at in (0..size / 4).map(|row| row * 4) {
                o.put(("\n\t\t", family(v.u16(at)?, v.u8(at + 2)?), ", Count: ", v.u8(at + 3)?));
            }
        }
        RESTART => {
            let restart = v.u16(0)?;
            o.put(("\n\t\tRestart Flags: [", bits(RESTART_FLAGS, restart >> 12, ", ", "none"), "]"));
            o.put((", Restart Time ", restart & 0xfff, "s"));
            for at in (0..(size - 2) / 4).map(|row| 2 + row * 4) {
                let kept = if v.u8(at + 3)? & 0x80 != 0 { "yes" } else { "no" };
                o.put(("\n\t\t  ", family(v.u16(at)?, v.u8(at + 2)?), ", Forwarding state preserved: ", kept));
            }
        }
        REFRESH | LONG_LIVED | REFRESH_OF_CISCO => {}
        AS_NUMBERS => o.put(("\n\t\t 4 Byte AS ", As(v.u32(0)?))),
        PATHS if size == 0 => o.put(" (bogus)"),
        PATHS => {
            for at in (0..size).step_by(4) {
                if size - at < 4 {
                    o.invalid();
                    break;
                }
                let wanted = v.u8(at + 3)?;
                let wanted = Named(PATHS_WANTED, wanted.into(), Otherwise::Hex("Bogus (0x", 2, ")"));
                o.put(("\n\t\t", family(v.u16(at)?, v.u8(at + 2)?), ", Send/Receive: ", wanted));
            }
        }
        _ => {
            o.put(("\n\t\tno decoder for Capability ", kind));
            if o.opt.verbose <= 1 {
                o.unknown(v, "\n\t\t", size);
            }
        }
    }
    Ok(true)
}

/// RFC 4271, section 4.3; false if it ends early.
fn update(o: &mut Out, v: View<'_>) -> Step<bool> {
    let (mut v, mut left) = (v.skip(HEADER), v.len() - HEADER);
    if left < 2 {
        return Ok(false);
    }
    let mut withdrawn = usize::from(v.u16(0)?);
    (v, left) = (v.skip(2), left - 2);
    if !v.has(withdrawn) || left < withdrawn {
        return Ok(false);
    }
    let behind = (v.skip(withdrawn), left - withdrawn);
    if withdrawn > 1 {
        o.put("\n\t  Withdrawn routes:");
        match routes(o, v, withdrawn)? {
            // What is left of them after one that is wrong is taken for the rest.
            Some((rest, still)) => {
                (v, left) = (rest, left - (withdrawn - still));
                withdrawn = still;
            }
            None => return Ok(false),
        }
    } else {
        (v, left) = behind;
    }
    if !v.has(2) || left < 2 {
        return Ok(false);
    }
    let attributes = usize::from(v.u16(0)?);
    (v, left) = (v.skip(2), left - 2);
    if withdrawn == 0 && attributes == 0 && left == 0 {
        o.put("\n\t  End-of-Rib Marker (empty NLRI)");
        return Ok(true);
    }
    if attributes > 0 {
        if left < attributes {
            return Ok(false);
        }
        match bgp_attributes::list(o, v, attributes)? {
            Some(()) => (v, left) = (v.skip(attributes), left - attributes),
            None => return Ok(false),
        }
    }
    if left > 0 {
        o.put("\n\t  Updated routes:");
        return Ok(routes(o, v, left)?.is_some());
    }
    Ok(true)
}

/// Prefixes in `left` octets of IPv4, perhaps with path identifiers. What is left
/// after one that is wrong, or nothing if one ends early.
fn routes<'p>(o: &mut Out, mut v: View<'p>, mut left: usize) -> Step<Option<(View<'p>, usize)>> {
    let paths = has_paths(v, left, 32);
    while left != 0 {
        let mut path = None;
        if paths {
            if left < 4 {
                return Ok(None);
            }
            path = Some(("   Path Id: ", v.u32(0)?));
            (v, left) = (v.skip(4), left - 4);
        }
        match prefix4(v, left)? {
            Ok((prefix, size)) => {
                o.put(("\n\t    ", prefix, path));
                (v, left) = (v.skip(size), left - size);
            }
            Err(Wrong::Length) => {
                o.put("\n\t    (illegal prefix length)");
                break;
            }
            Err(_) => return Ok(None),
        }
    }
    Ok(Some((v, left)))
}

/// RFC 4271, section 4.5.
fn notification(o: &mut Out, v: View<'_>) -> Step {
    const DATA: usize = 21;
    if !v.has(DATA) {
        o.truncated();
        return Ok(());
    }
    if v.len() < DATA {
        return Ok(());
    }
    let (major, minor) = (v.u8(19)?, v.u8(20)?);
    o.put((", ", named(ERRORS, major, "Unknown Error"), " (", major, ")"));
    let (comma, names) = match major {
        1 => (", ", HEADER_ERRORS),
        2 => (", ", OPEN_ERRORS),
        3 => (", ", UPDATE_ERRORS),
        5 => (" ", STATE_ERRORS),
        7 => (" ", CAPABILITY_ERRORS),
        CEASE => (", ", REASONS),
        _ => return Ok(()),
    };
    o.put((comma, "subcode ", named(names, minor, "Unknown"), " (", minor, ")"));
    if major == CEASE {
        reason(o, v.skip(DATA), minor)?;
    }
    Ok(())
}

/// What a session ends for (RFC 4486, RFC 9003).
fn reason(o: &mut Out, v: View<'_>, minor: u8) -> Step {
    if minor == MOST_PREFIXES && v.len() >= 7 {
        o.put((", ", family(v.u16(0)?, v.u8(2)?), ", Max Prefixes: ", v.u32(3)?));
    }
    if !matches!(minor, SHUTDOWN | RESET) || v.is_empty() {
        return Ok(());
    }
    let size = usize::from(v.u8(0)?);
    let used = if size > v.len() - 1 {
        o.put(", invalid Shutdown Communication length");
        0
    } else if size == 0 {
        o.put(", empty Shutdown Communication");
        1
    } else {
        o.put((", Shutdown Communication (length: ", size, "): \"", Chars(v.bytes(1, size)?), "\""));
        size + 1
    };
    let rest = v.skip(used);
    if !rest.is_empty() {
        o.put((", Data: (length: ", rest.len(), ")"));
        o.unknown(rest, "\n\t\t", rest.len());
    }
    Ok(())
}
