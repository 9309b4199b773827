//! RADIUS attributes (IANA, RADIUS Attribute Types).

use std::ops::RangeInclusive;

use crate::calendar::Calendar;
use crate::fields::{self, Id};
use crate::management::ntp_time::Timestamp;
use crate::out::Out;
use crate::put::{Chars, Hex2, Ipv4, Ipv6, Named, Otherwise, Put, Table, Zeros, bits, named, named_dec};
use crate::security::radius_values::*;
use crate::security::{eap, radius_vendors};
use crate::view::{Step, Stop, View};

/// Octets of type and length.
const HEADER: usize = 2;

/// How an attribute's value is written.
#[derive(Clone, Copy)]
enum Form {
    /// Not at all.
    Opaque,
    Text,
    /// Text after a tag, which may be missing (RFC 2868, section 3.3).
    TaggedText,
    TunnelPassword,
    VlanName,
    Eap,
    Vendor,
    Number,
    Names(Table),
    /// A tag, and a number of 24 bits with a name.
    TaggedNames(Table),
    TaggedNumber,
    VlanId,
    /// A number with one value that has a name.
    Special(u32, &'static str),
    /// Seconds.
    Duration,
    Address,
    /// An address that the user or the server may choose.
    Assigned,
    Address6,
    Prefix6,
    HomeLink,
    /// Seconds since 1970.
    Time,
    Features,
    ArapPassword,
    ArapFeatures,
    ArapResponse,
    ErrorCause,
    Operator,
    LocationInformation,
    LocationData,
    PolicyRules,
}
use Form::*;

/// The attributes from type 1 on.
const ATTRIBUTES: &[(&str, Form)] = &[
    ("User-Name", Text),
    ("User-Password", Opaque),
    ("CHAP-Password", Opaque),
    ("NAS-IP-Address", Address),
    ("NAS-Port", Number),
    ("Service-Type", Names(SERVICE_TYPES)),
    ("Framed-Protocol", Names(FRAMED_PROTOCOLS)),
    ("Framed-IP-Address", Assigned),
    ("Framed-IP-Netmask", Address),
    ("Framed-Routing", Names(FRAMED_ROUTING)),
    ("Filter-Id", Text),
    ("Framed-MTU", Number),
    ("Framed-Compression", Names(FRAMED_COMPRESSION)),
    ("Login-IP-Host", Assigned),
    ("Login-Service", Names(LOGIN_SERVICES)),
    ("Login-TCP-Port", Number),
    ("Unassigned", Opaque),
    ("Reply-Message", Text),
    ("Callback-Number", Text),
    ("Callback-Id", Text),
    ("Unassigned", Opaque),
    ("Framed-Route", Text),
    ("Framed-IPX-Network", Special(0xffff_fffe, "NAS Select")),
    ("State", Text),
    ("Class", Text),
    ("Vendor-Specific", Vendor),
    ("Session-Timeout", Duration),
    ("Idle-Timeout", Duration),
    ("Termination-Action", Names(TERMINATION_ACTIONS)),
    ("Called-Station-Id", Text),
    ("Calling-Station-Id", Text),
    ("NAS-Identifier", Text),
    ("Proxy-State", Text),
    ("Login-LAT-Service", Text),
    ("Login-LAT-Node", Text),
    ("Login-LAT-Group", Text),
    ("Framed-AppleTalk-Link", Special(0, "Unnumbered")),
    ("Framed-AppleTalk-Network", Special(0, "NAS assigned")),
    ("Framed-AppleTalk-Zone", Text),
    ("Acct-Status-Type", Names(ACCOUNTING_STATUS)),
    ("Acct-Delay-Time", Duration),
    ("Acct-Input-Octets", Number),
    ("Acct-Output-Octets", Number),
    ("Acct-Session-Id", Text),
    ("Acct-Authentic", Names(ACCOUNTING_AUTHENTIC)),
    ("Acct-Session-Time", Duration),
    ("Acct-Input-Packets", Number),
    ("Acct-Output-Packets", Number),
    ("Acct-Terminate-Cause", Names(TERMINATE_CAUSES)),
    ("Acct-Multi-Session-Id", Text),
    ("Acct-Link-Count", Number),
    ("Acct-Input-Gigawords", Number),
    ("Acct-Output-Gigawords", Number),
    ("Unassigned", Opaque),
    ("Event-Timestamp", Time),
    ("Egress-VLANID", VlanId),
    ("Ingress-Filters", Names(INGRESS_FILTERS)),
    ("Egress-VLAN-Name", VlanName),
    ("User-Priority-Table", Opaque),
    ("CHAP-Challenge", Text),
    ("NAS-Port-Type", Names(PORT_TYPES)),
    ("Port-Limit", Number),
    ("Login-LAT-Port", Text),
    ("Tunnel-Type", TaggedNames(TUNNEL_TYPES)),
    ("Tunnel-Medium-Type", TaggedNames(TUNNEL_MEDIA)),
    ("Tunnel-Client-Endpoint", TaggedText),
    ("Tunnel-Server-Endpoint", TaggedText),
    ("Acct-Tunnel-Connection", Text),
    ("Tunnel-Password", TunnelPassword),
    ("ARAP-Password", ArapPassword),
    ("ARAP-Features", ArapFeatures),
    ("ARAP-Zone-Access", Names(ARAP_ZONES)),
    ("ARAP-Security", Text),
    ("ARAP-Security-Data", Text),
    ("Password-Retry", Number),
    ("Prompt", Names(PROMPTS)),
    ("Connect-Info", Text),
    ("Configuration-Token", Text),
    ("EAP-Message", Eap),
    ("Message-Authenticator", Text),
    ("Tunnel-Private-Group-ID", TaggedText),
    ("Tunnel-Assignment-ID", TaggedText),
    ("Tunnel-Preference", TaggedNumber),
    ("ARAP-Challenge-Response", ArapResponse),
    ("Acct-Interim-Interval", Duration),
    ("Acct-Tunnel-Packets-Lost", Number),
    ("NAS-Port-Id", Text),
    ("Framed-Pool", Text),
    ("CUI", Text),
    ("Tunnel-Client-Auth-ID", TaggedText),
    ("Tunnel-Server-Auth-ID", TaggedText),
    ("NAS-Filter-Rule", Text),
    ("Unassigned", Opaque),
    ("Originating-Line-Info", Opaque),
    ("NAS-IPv6-Address", Address6),
    ("Framed-Interface-ID", Opaque),
    ("Framed-IPv6-Prefix", Prefix6),
    ("Login-IPv6-Host", Address6),
    ("Framed-IPv6-Route", Text),
    ("Framed-IPv6-Pool", Text),
    ("Error-Cause", ErrorCause),
    ("EAP-Key-Name", Opaque),
    ("Digest-Response", Text),
    ("Digest-Realm", Text),
    ("Digest-Nonce", Text),
    ("Digest-Response-Auth", Text),
    ("Digest-Nextnonce", Text),
    ("Digest-Method", Text),
    ("Digest-URI", Text),
    ("Digest-Qop", Text),
    ("Digest-Algorithm", Text),
    ("Digest-Entity-Body-Hash", Text),
    ("Digest-CNonce", Text),
    ("Digest-Nonce-Count", Text),
    ("Digest-Username", Text),
    ("Digest-Opaque", Text),
    ("Digest-Auth-Param", Text),
    ("Digest-AKA-Auts", Text),
    ("Digest-Domain", Text),
    ("Digest-Stale", Text),
    ("Digest-HA1", Text),
    ("SIP-AOR", Text),
    ("Delegated-IPv6-Prefix", Prefix6),
    ("MIP6-Feature-Vector", Features),
    ("MIP6-Home-Link-Prefix", HomeLink),
    ("Operator-Name", Operator),
    ("Location-Information", LocationInformation),
    ("Location-Data", LocationData),
    ("Basic-Location-Policy-Rules", PolicyRules),
];

const VLAN_TAGS: Table = &[(0x31, "Tagged"), (0x32, "Untagged")];
const OPERATORS: Table = &[(0x30, "TADIG"), (0x31, "REALM"), (0x32, "E212"), (0x33, "ICC")];
const LOCATION_CODES: Table = &[(0, "Civic"), (1, "Geospatial")];
const LOCATION_ENTITIES: Table = &[(0, "User"), (1, "RADIUS")];
const POLICY_FLAGS: Table = &[
    (0x0001, "MBZ-15"),
    (0x0002, "MBZ-14"),
    (0x0004, "MBZ-13"),
    (0x0008, "MBZ-12"),
    (0x0010, "MBZ-11"),
    (0x0020, "MBZ-10"),
    (0x0040, "MBZ-9"),
    (0x0080, "MBZ-8"),
    (0x0100, "MBZ-7"),
    (0x0200, "MBZ-6"),
    (0x0400, "MBZ-5"),
    (0x0800, "MBZ-4"),
    (0x1000, "MBZ-3"),
    (0x2000, "MBZ-2"),
    (0x4000, "MBZ-1"),
    (0x8000, "Retransmission Allowed"),
];
/// MIP6-Feature-Vector (RFC 5447, RFC 6572): bits and names.
const FEATURES: [(u32, &str); 12] = [
    (0, "MIP6_INTEGRATED"),
    (1, "LOCAL_HOME_AGENT_ASSIGNMENT"),
    (40, "PMIP6_SUPPORTED"),
    (41, "IP4_HOA_SUPPORTED"),
    (42, "LOCAL_MAG_ROUTING_SUPPORTED"),
    (43, "ASSIGN_LOCAL_IP"),
    (44, "MIP4_SUPPORTED"),
    (45, "OPTIMIZED_IDLE_MODE_MOBILITY"),
    (46, "GTPv2_SUPPORTED"),
    (47, "IP4_TRANSPORT_SUPPORTED"),
    (48, "IP4_HOA_ONLY_SUPPORTED"),
    (49, "INTER_MAG_ROUTING_SUPPORTED"),
];

/// Octets that an IPv6 prefix may have.
const PREFIX: RangeInclusive<usize> = 2..=18;

/// The attributes, each on its line; with `-vv` their octets too.
pub(super) fn dissect(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v;
    while !rest.is_empty() {
        if rest.len() < HEADER {
            return Err(Stop::Cut);
        }
        rest.check(HEADER)?;
        let (kind, length) = (rest.u8(0)?, rest.u8(1)?);
        let attribute = usize::from(kind).checked_sub(1).and_then(|i| ATTRIBUTES.get(i));
        let name = attribute.map_or("Unknown", |attribute| attribute.0);
        o.put(("\n\t  ", name, " Attribute (", kind, "), length: ", length));
        let length = usize::from(length);
        if length < HEADER {
            o.put(" (bogus, must be >= 2)");
            return Ok(());
        }
        if length > rest.len() {
            o.put(" (bogus, goes past end of packet)");
            return Ok(());
        }
        o.put(", Value: ");
        let own = rest.skip(HEADER).claim(length - HEADER);
        if o.tree.is_some() {
            note(o, kind, own);
        }
        if let Some(&(_, form)) = attribute
            && !own.is_empty()
        {
            // Most values that are cut are marked, and the walk goes on; a number
            // that is cut ends the packet.
            let goes_on = matches!(
                form,
                Text | TaggedText
                    | TunnelPassword
                    | VlanName
                    | Eap
                    | Prefix6
                    | HomeLink
                    | Operator
                    | LocationInformation
                    | LocationData
                    | PolicyRules
            );
            let sane = match form {
                Prefix6 => PREFIX.contains(&own.len()),
                HomeLink => own.len() == 17,
                _ => true,
            };
            if goes_on && sane && !own.has(own.len()) {
                o.truncated();
            } else {
                value(o, own, form)?;
            }
        }
        if o.opt.verbose > 1 {
            o.unknown(own, "\n\t    ", own.len());
        }
        rest = rest.skip(length);
    }
    Ok(())
}

/// The tree's fields of attributes, by type.
const FIELDS: &[(u8, Id)] = &[
    (1, Id::of("radius.User_Name")),
    (4, Id::of("radius.NAS_IP_Address")),
    (5, Id::of("radius.NAS_Port")),
    (6, Id::of("radius.Service_Type")),
    (7, Id::of("radius.Framed_Protocol")),
    (8, Id::of("radius.Framed-IP-Address")),
    (9, Id::of("radius.Framed_IP_Netmask")),
    (10, Id::of("radius.Framed_Routing")),
    (11, Id::of("radius.Filter_Id")),
    (12, Id::of("radius.Framed_MTU")),
    (13, Id::of("radius.Framed_Compression")),
    (14, Id::of("radius.Login-IP-Host")),
    (15, Id::of("radius.Login_Service")),
    (16, Id::of("radius.Login_TCP_Port")),
    (18, Id::of("radius.Reply_Message")),
    (19, Id::of("radius.Callback_Number")),
    (20, Id::of("radius.Callback_Id")),
    (22, Id::of("radius.Framed_Route")),
    (24, Id::of("radius.State")),
    (25, Id::of("radius.Class")),
    (27, Id::of("radius.Session_Timeout")),
    (28, Id::of("radius.Idle_Timeout")),
    (29, Id::of("radius.Termination_Action")),
    (30, Id::of("radius.Called_Station_Id")),
    (31, Id::of("radius.Calling_Station_Id")),
    (32, Id::of("radius.NAS_Identifier")),
    (33, Id::of("radius.Proxy_State")),
    (40, Id::of("radius.Acct_Status_Type")),
    (41, Id::of("radius.Acct_Delay_Time")),
    (42, Id::of("radius.Acct_Input_Octets")),
    (43, Id::of("radius.Acct_Output_Octets")),
    (44, Id::of("radius.Acct_Session_Id")),
    (45, Id::of("radius.Acct_Authentic")),
    (46, Id::of("radius.Acct_Session_Time")),
    (47, Id::of("radius.Acct_Input_Packets")),
    (48, Id::of("radius.Acct_Output_Packets")),
    (49, Id::of("radius.Acct_Terminate_Cause")),
    (50, Id::of("radius.Acct_Multi_Session_Id")),
    (51, Id::of("radius.Acct_Link_Count")),
    (52, Id::of("radius.Acct_Input_Gigawords")),
    (53, Id::of("radius.Acct_Output_Gigawords")),
    (55, Id::of("radius.Event_Timestamp")),
    (60, Id::of("radius.CHAP_Challenge")),
    (61, Id::of("radius.NAS_Port_Type")),
    (62, Id::of("radius.Port_Limit")),
    (64, Id::of("radius.Tunnel_Type")),
    (65, Id::of("radius.Tunnel_Medium_Type")),
    (66, Id::of("radius.Tunnel_Client_Endpoint")),
    (67, Id::of("radius.Tunnel_Server_Endpoint")),
    (77, Id::of("radius.Connect_Info")),
    (80, Id::of("radius.Message_Authenticator")),
    (81, Id::of("radius.Tunnel_Private_Group_Id")),
    (83, Id::of("radius.Tunnel_Preference")),
    (85, Id::of("radius.Acct_Interim_Interval")),
    (87, Id::of("radius.NAS_Port_Id")),
    (88, Id::of("radius.Framed_Pool")),
    (89, Id::of("radius.Chargeable_User_Identity")),
    (95, Id::of("radius.NAS_IPv6_Address")),
    (96, Id::of("radius.Framed_Interface_Id")),
    (97, Id::of("radius.Framed_IPv6_Prefix")),
    (98, Id::of("radius.Login_IPv6_Host")),
    (99, Id::of("radius.Framed_IPv6_Route")),
    (100, Id::of("radius.Framed_IPv6_Pool")),
    (101, Id::of("radius.Error_Cause")),
    (123, Id::of("radius.Delegated_IPv6_Prefix")),
];

/// Notes an attribute.
fn note(o: &mut Out, kind: u8, v: View<'_>) {
    const VENDOR: u8 = 26;
    const SECOND: u64 = 1_000_000_000;
    /// The largest tag (RFC 2868, section 3.1).
    const MAX_TAG: u8 = 0x1f;
    o.note(id!("radius.avp.type"), kind);
    o.note(id!("radius.avp.length"), v.len() + HEADER);
    if kind == VENDOR {
        return radius_vendors::note(o, v);
    }
    let Some(&(_, id)) = FIELDS.iter().find(|row| row.0 == kind) else { return };
    let Some(info) = id.info().filter(|_| v.has(v.len())) else { return };
    match (info.kind, v.len()) {
        (fields::Kind::Text, 1..) if matches!(kind, 66 | 67 | 81) && v.u8(0).is_ok_and(|tag| tag <= MAX_TAG) => {
            o.note_octets(id, v.skip(1).payload());
        }
        (fields::Kind::Text | fields::Kind::Octets, _) => o.note_octets(id, v.payload()),
        (fields::Kind::Seconds, 4) => o.note(id, u64::from(v.u32(0).unwrap_or_default()) * SECOND),
        (fields::Kind::Ipv6, 16) => o.note(id, Ipv6(v.array(0).unwrap_or_default())),
        // A tag is before these.
        (_, 4) if matches!(kind, 64 | 65 | 83) && v.u8(0).is_ok_and(|tag| tag <= MAX_TAG) => {
            o.note(id, v.u24(1).unwrap_or_default())
        }
        (_, 4) => o.note(id, v.u32(0).unwrap_or_default()),
        _ => {}
    }
}

/// Why a value is not printed.
fn error(o: &mut Out, length: usize, should_be: &str) -> Step {
    o.put(("ERROR: length ", length, should_be));
    Ok(())
}

fn value(o: &mut Out, v: View<'_>, form: Form) -> Step {
    let length = v.len();
    match form {
        Opaque => Ok(()),
        Text => text(o, v),
        TaggedText => {
            let tag = v.u8(0)?;
            if tag > 0x1f {
                return text(o, v);
            }
            put_tag(o, tag);
            text(o, v.skip(1))
        }
        TunnelPassword if length < 3 => {
            o.truncated();
            Ok(())
        }
        TunnelPassword => {
            let tag = v.u8(0)?;
            put_tag(o, if tag > 0x1f { 0 } else { tag });
            o.put(("Salt ", v.u16(1)?, " "));
            text(o, v.skip(3))
        }
        VlanName => {
            put_vlan_tag(o, v.u8(0)?);
            text(o, v.skip(1))
        }
        Eap => {
            let result = eap::dissect(o, v);
            o.proto = "radius";
            result
        }
        Vendor => vendor(o, v),
        Number | Names(_) | TaggedNames(_) | TaggedNumber | VlanId | Special(..) | Duration | Time if length != 4 => {
            error(o, length, " != 4")
        }
        Number => {
            o.put(v.u32(0)?);
            Ok(())
        }
        Names(table) => {
            o.put(named_dec(table, v.u32(0)?, "#"));
            Ok(())
        }
        TaggedNames(table) => {
            put_tag(o, v.u8(0)?);
            o.put(named_dec(table, v.u24(1)?, "#"));
            Ok(())
        }
        TaggedNumber => {
            put_tag(o, v.u8(0)?);
            o.put(v.u24(1)?);
            Ok(())
        }
        VlanId => {
            put_vlan_tag(o, v.u8(0)?);
            o.put(v.u24(1)?);
            Ok(())
        }
        Special(special, name) => {
            match v.u32(0)? {
                number if number == special => o.put(name),
                number => o.put(number),
            }
            Ok(())
        }
        Duration => {
            duration(o, v.u32(0)?);
            Ok(())
        }
        Time => {
            time(o, v.u32(0)?);
            Ok(())
        }
        ErrorCause if length != 4 => {
            o.put(("Error: length ", length, " != 4"));
            Ok(())
        }
        ErrorCause => {
            let cause = v.u32(0)?;
            let name = Named(ERROR_CAUSES, cause, Otherwise::Dec("Error-Cause ", " not known"));
            o.put(("Error cause ", cause, ": ", name));
            Ok(())
        }
        Address | Assigned if length != 4 => error(o, length, " != 4"),
        Address => {
            o.put(Ipv4(v.array(0)?));
            Ok(())
        }
        Assigned => {
            match v.u32(0)? {
                0xffff_ffff => o.put("User Selected"),
                0xffff_fffe => o.put("NAS Select"),
                address => o.put(Ipv4(address.to_be_bytes())),
            }
            Ok(())
        }
        Address6 if length != 16 => error(o, length, " != 16"),
        Address6 => {
            o.put(Ipv6(v.array(0)?));
            Ok(())
        }
        Prefix6 => prefix6(o, v),
        HomeLink => home_link(o, v),
        Features if length != 8 => error(o, length, " != 8"),
        Features => features(o, v),
        ArapPassword if length != 16 => error(o, length, " != 16"),
        ArapPassword => {
            o.put("User_challenge (");
            upper_hex(o, v, 0, 8)?;
            o.put(") User_resp(");
            upper_hex(o, v, 8, 8)?;
            o.put(")");
            Ok(())
        }
        ArapFeatures if length != 14 => error(o, length, " != 14"),
        ArapFeatures => arap_features(o, v),
        ArapResponse if length < 8 => error(o, length, " != 8"),
        ArapResponse => upper_hex(o, v, 0, 8),
        Operator if length < 2 => error(o, length, " < 2"),
        Operator => {
            let space = v.u8(0)?;
            o.put(("[", named_dec(OPERATORS, space, "unknown namespace "), "] "));
            chars(o, v, 1, length - 1)
        }
        LocationInformation if length < 21 => error(o, length, " < 21"),
        LocationInformation => location_information(o, v),
        LocationData if length < 3 => error(o, length, " < 3"),
        LocationData => {
            o.put(("index ", v.u16(0)?, ", location"));
            let captured = v.skip(2);
            o.hex_ascii_dump("\n\t    ", captured.payload());
            captured.need(length - 2)
        }
        PolicyRules if length < 10 => error(o, length, " < 10"),
        PolicyRules => {
            o.put(("flags [", bits(POLICY_FLAGS, v.u16(0)?, ", ", "none"), "], "));
            o.put("retention expires ");
            o.put(Timestamp::read(v, 2)?);
            if length > 10 {
                o.put(", note well \"");
                chars(o, v, 10, length - 10)?;
                o.put("\"");
            }
            Ok(())
        }
    }
}

/// Text up to a NUL; what is not printable becomes a dot.
fn text(o: &mut Out, v: View<'_>) -> Step {
    for at in 0..v.len() {
        match v.u8(at)? {
            0 => break,
            byte => o.dotted(byte),
        }
    }
    Ok(())
}

/// `length` octets of text, as far as captured.
fn chars(o: &mut Out, v: View<'_>, at: usize, length: usize) -> Step {
    let field = v.skip(at).claim(length);
    o.put(Chars(field.payload()));
    field.need(length)
}

fn put_tag(o: &mut Out, tag: u8) {
    match tag {
        0 => o.put("Tag[Unused] "),
        _ => o.put(("Tag[", tag, "] ")),
    }
}

/// Whether a VLAN's frames have tags (RFC 4675, section 2.1).
fn put_vlan_tag(o: &mut Out, tag: u8) {
    o.put((named(VLAN_TAGS, tag, "Unknown tag"), " (0x", Hex2(tag), ") "));
}

fn upper_hex(o: &mut Out, v: View<'_>, at: usize, octets: usize) -> Step {
    for at in at..at + octets {
        let octet = v.u8(at)?;
        for digit in [octet >> 4, octet & 15] {
            o.line.byte(b"0123456789ABCDEF"[usize::from(digit & 15)]);
        }
    }
    Ok(())
}

/// The vendor and its attributes, as if all used the usual format (RFC 2865,
/// section 5.26).
fn vendor(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < 4 {
        o.truncated();
        return Ok(());
    }
    let vendor = v.u32(0)?;
    o.put(("Vendor: ", named(ENTERPRISES, vendor, "Unknown"), " (", vendor, ")"));
    let mut rest = v.skip(4);
    while rest.len() >= HEADER {
        let (kind, length) = (rest.u8(0)?, usize::from(rest.u8(1)?));
        rest = rest.skip(HEADER);
        let name = ("\n\t    Vendor Attribute: ", kind, ", Length: ");
        if length < HEADER {
            o.put((name, length, " (bogus, must be >= 2)"));
            return Ok(());
        }
        let octets = length - HEADER;
        if octets > rest.len() {
            o.put((name, length, " (bogus, goes past end of vendor-specific attribute)"));
            return Ok(());
        }
        if !rest.has(octets) {
            o.truncated();
            return Ok(());
        }
        // Here the length leaves the attribute's header out.
        o.put((name, octets, ", Value: "));
        for at in 0..octets {
            o.dotted(rest.u8(at)?);
        }
        rest = rest.skip(octets);
    }
    Ok(())
}

/// Seconds in the unit that fits.
fn duration(o: &mut Out, seconds: u32) {
    let (hours, minutes) = (seconds / 3600, seconds / 60);
    match seconds {
        0..60 => o.put((Zeros(seconds, 2), " secs")),
        60..3600 => o.put((Zeros(minutes, 2), ":", Zeros(seconds % 60, 2), " min")),
        _ => o.put((Zeros(hours, 2), ":", Zeros(minutes % 60, 2), ":", Zeros(seconds % 60, 2), " hours")),
    }
}

/// A moment as `Thu Jan  1 00:00:00 1970`.
fn time(o: &mut Out, seconds: u32) {
    Calendar::from_unix(seconds.into()).spoken().put(o);
}

/// A reserved octet, the prefix's length and as much of it as is needed.
fn prefix6(o: &mut Out, v: View<'_>) -> Step {
    let length = v.len();
    if !PREFIX.contains(&length) {
        return error(o, length, " not in range (2..18)");
    }
    let bits = v.u8(1)?;
    if bits > 128 {
        o.put(("ERROR: netmask ", bits, " not in range (0..128)"));
        return Ok(());
    }
    let mut address = [0; 16];
    if let Some(start) = address.get_mut(..length - 2) {
        start.copy_from_slice(v.bytes(2, length - 2)?);
    }
    o.put((Ipv6(address), "/", bits));
    if usize::from(bits) > 8 * (length - 2) {
        o.put(" (inconsistent prefix length)");
    }
    Ok(())
}

fn home_link(o: &mut Out, v: View<'_>) -> Step {
    if v.len() != 17 {
        return error(o, v.len(), " != 17");
    }
    let bits = v.u8(0)?;
    if bits > 128 {
        o.put(("ERROR: netmask ", bits, " not in range (0..128)"));
        return Ok(());
    }
    o.put((Ipv6(v.array(1)?), "/", bits));
    Ok(())
}

fn features(o: &mut Out, v: View<'_>) -> Step {
    o.put("[");
    let value = v.u64(0)?;
    let mut separator = "";
    for (bit, name) in FEATURES {
        if value >> bit & 1 != 0 {
            o.put((separator, name));
            separator = ", ";
        }
    }
    o.put("]");
    Ok(())
}

fn arap_features(o: &mut Out, v: View<'_>) -> Step {
    let may = if v.u8(0)? != 0 { "User can change password" } else { "User cannot change password" };
    o.put(may);
    o.put((", Min password length: ", v.u8(1)?));
    for (name, at) in [(", created at: ", 2), (", expires in: ", 6), (", Current Time: ", 10)] {
        o.put(name);
        upper_hex(o, v, at, 4)?;
    }
    Ok(())
}

fn location_information(o: &mut Out, v: View<'_>) -> Step {
    const UNKNOWN: Otherwise = Otherwise::Dec("Unknown (", ")");
    let code = Named(LOCATION_CODES, v.u8(2)?.into(), UNKNOWN);
    let entity = Named(LOCATION_ENTITIES, v.u8(3)?.into(), UNKNOWN);
    o.put(("index ", v.u16(0)?, ", code ", code, ", entity ", entity, ", "));
    o.put("sighting time ");
    o.put(Timestamp::read(v, 4)?);
    o.put(", time to live ");
    o.put(Timestamp::read(v, 12)?);
    o.put(", method \"");
    chars(o, v, 20, v.len() - 20)?;
    o.put("\"");
    Ok(())
}
