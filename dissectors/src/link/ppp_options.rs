//! Configuration options of PPP's control protocols: LCP (RFC 1661 and RFC
//! 1570), IPCP (RFC 1332 and RFC 1877), IPV6CP (RFC 5072), CCP (RFC 1962) and
//! BACP (RFC 2125).

use super::ppp;
use crate::names::ORGANIZATIONS;
use crate::out::Out;
use crate::put::{Hex, Hex2, Hex4, Hex8, Ipv4, Mac, Named, Otherwise, Table, named};
use crate::view::{Step, Stop, View};

/// How the options of one control protocol are printed.
pub(crate) struct Family {
    names: Table,
    /// The name of an option that `names` does not hold; LCP ends there.
    unknown: Option<&'static str>,
    /// What is printed where the capture ends.
    cut: &'static str,
    value: fn(&mut Out, u8, View<'_>) -> Step<End>,
}

/// How an option ends.
enum End {
    /// With a dump of its value where the verbosity asks for one.
    Known,
    /// With a dump of its value with any verbosity.
    Unknown,
    /// Without a dump.
    Plain,
    /// No option can follow.
    Last,
}

/// The options of a control protocol, if they have a printer.
pub(crate) fn family(protocol: u16) -> Option<&'static Family> {
    Some(match protocol {
        ppp::LCP => &LCP,
        ppp::IPCP => &IPCP,
        ppp::IPV6CP => &IPV6CP,
        ppp::CCP => &CCP,
        ppp::BACP => &BACP,
        _ => return None,
    })
}

/// Prints the options of a packet whose encoded length is `encoded`, which is
/// four octets more than the options have.
pub(crate) fn options(o: &mut Out, family: &Family, v: View<'_>, encoded: usize) -> Step {
    let mut left = encoded.saturating_sub(4);
    let mut rest = v;
    loop {
        let len = option(o, family, rest, encoded)?;
        if len == 0 {
            return Ok(());
        }
        if left < len {
            o.put((" [remaining options length ", left, " < ", len, "]"));
            o.invalid();
            return Ok(());
        }
        left -= len;
        if left == 0 {
            return Ok(());
        }
        rest = rest.skip(len);
    }
}

/// Prints one option; the result is its length, zero if none can follow.
fn option(o: &mut Out, family: &Family, v: View<'_>, length: usize) -> Step<usize> {
    if !v.has(2) {
        o.put(family.cut);
        return Ok(0);
    }
    let (code, len) = (v.u8(0)?, usize::from(v.u8(1)?));
    if length < len {
        return Ok(0);
    }
    let name = named(family.names, code, family.unknown.unwrap_or_default());
    if family.unknown.is_none() && crate::put::lookup(family.names, code.into()).is_none() {
        o.put(("\n\tunknown LCP option 0x", Hex2(code)));
        return Ok(if len < 2 { 0 } else { len });
    }
    o.put(("\n\t  ", name, " Option (0x", Hex2(code), "), length ", len));
    if len < 2 {
        bogus(o, ">=", 2);
        return Ok(0);
    }
    let value = v.skip(2);
    let end = match (family.value)(o, code, v.claim(len)) {
        Err(Stop::Malformed) => {
            o.put(family.cut);
            return Ok(0);
        }
        other => other?,
    };
    let dumped = match end {
        End::Last => return Ok(0),
        End::Plain => false,
        End::Known => o.opt.verbose > 1,
        End::Unknown => true,
    };
    if dumped {
        o.unknown(value, "\n\t    ", len - 2);
    }
    Ok(len)
}

/// ` (length bogus, should be = 6)`.
fn bogus(o: &mut Out, relation: &'static str, len: u32) {
    o.put((" (length bogus, should be ", relation, " ", len, ")"));
}

/// The LCP options.
static LCP: Family = Family { names: LCP_NAMES, unknown: None, cut: "[|lcp]", value: lcp };

const LCP_NAMES: Table = &[
    (0, "Vend-Ext"),
    (1, "MRU"),
    (2, "ACCM"),
    (3, "Auth-Prot"),
    (4, "Qual-Prot"),
    (5, "Magic-Num"),
    (6, "deprecated(6)"),
    (7, "PFC"),
    (8, "ACFC"),
    (9, "FCS-Alt"),
    (10, "SDP"),
    (11, "Num-Mode"),
    (12, "deprecated(12)"),
    (13, "Call-Back"),
    (14, "deprecated(14)"),
    (15, "deprecated(15)"),
    (16, "deprecated(16)"),
    (17, "MRRU"),
    (18, "12-Bit seq #"),
    (19, "End-Disc"),
    (20, "Proprietary"),
    (21, "DCE-Id"),
    (22, "MP+"),
    (23, "Link-Disc"),
    (24, "LCP-Auth-Opt"),
    (25, "COBS"),
    (26, "Prefix-elision"),
    (27, "Multilink-header-Form"),
    (28, "I18N"),
    (29, "SDL-over-SONET/SDH"),
    (30, "PPP-Muxing"),
];
const CALLBACKS: Table = &[(0, "UserAuth"), (1, "DialString"), (2, "LocalID"), (3, "E.164"), (4, "X.500"), (6, "CBCP")];
const ALGORITHMS: Table = &[(5, "MD5"), (128, "MS-CHAPv1"), (129, "MS-CHAPv2")];

fn lcp(o: &mut Out, code: u8, v: View<'_>) -> Step<End> {
    match code {
        0 => {
            if v.len() < 6 {
                bogus(o, ">=", 6);
                return Ok(End::Plain);
            }
            let vendor = v.u24(2)?;
            o.put((": Vendor: ", named(ORGANIZATIONS, vendor, "Unknown"), " (", vendor, ")"));
        }
        1 | 17 => {
            if v.len() != 4 {
                bogus(o, "=", 4);
                return Ok(if code == 1 { End::Plain } else { End::Last });
            }
            o.put((": ", v.u16(2)?));
        }
        2 | 5 => {
            if v.len() != 6 {
                bogus(o, "=", 6);
                return Ok(if code == 2 { End::Plain } else { End::Last });
            }
            o.put((": 0x", Hex8(v.u32(2)?)));
        }
        3 => return authentication(o, v),
        4 => {
            if v.len() < 4 {
                bogus(o, ">=", 4);
                return Ok(End::Last);
            }
            o.put(if v.u16(2)? == ppp::LQM { ": LQR" } else { ": unknown" });
        }
        7 | 8 => {}
        13 => {
            if v.len() < 3 {
                bogus(o, ">=", 3);
                return Ok(End::Last);
            }
            let operation = v.u8(2)?;
            o.put((": Callback Operation ", named(CALLBACKS, operation, "Unknown"), " (", operation, ")"));
        }
        19 => return endpoint(o, v),
        23 => {
            if v.len() != 4 {
                bogus(o, "=", 4);
                return Ok(End::Last);
            }
            o.put((": 0x", Hex4(v.u16(2)?)));
        }
        _ => return Ok(End::Unknown),
    }
    Ok(End::Known)
}

/// The authentication protocol (RFC 1661, section 6.2).
fn authentication(o: &mut Out, v: View<'_>) -> Step<End> {
    if v.len() < 4 {
        bogus(o, ">=", 4);
        return Ok(End::Plain);
    }
    let protocol = v.u16(2)?;
    // The format that prints an unknown protocol lacks its percent sign.
    o.put((": ", named(ppp::PROTOCOLS, protocol, "Unknown Auth Proto (0x04x)")));
    match protocol {
        ppp::CHAP => {
            let algorithm = v.u8(4)?;
            o.put((", ", Named(ALGORITHMS, algorithm.into(), Otherwise::Dec("Unknown Auth Alg ", ""))));
        }
        ppp::PAP | ppp::EAP | ppp::SPAP | ppp::SPAP_OLD => {}
        _ => o.unknown(v, "\n\t", v.len()),
    }
    Ok(End::Known)
}

/// The multilink endpoint discriminator (RFC 1990, section 5.1.3).
fn endpoint(o: &mut Out, v: View<'_>) -> Step<End> {
    if v.len() < 3 {
        bogus(o, ">=", 3);
        return Ok(End::Last);
    }
    match v.u8(2)? {
        0 => o.put(": Null"),
        1 => o.put(": Local"),
        2 if v.len() != 7 => {
            bogus(o, "=", 7);
            return Ok(End::Last);
        }
        2 => o.put((": IPv4 ", Ipv4(v.array(3)?))),
        3 if v.len() != 9 => {
            bogus(o, "=", 9);
            return Ok(End::Last);
        }
        3 => o.put((": MAC ", Mac(v.array(3)?))),
        4 => o.put(": Magic-Num-Block"),
        5 => o.put(": PSNDN"),
        class => o.put((": Unknown class ", class)),
    }
    Ok(End::Known)
}

/// The IPCP options.
static IPCP: Family = Family { names: IPCP_NAMES, unknown: Some("unknown"), cut: "[|ipcp]", value: ipcp };

const IPCP_NAMES: Table = &[
    (1, "IP-Addrs"),
    (2, "IP-Comp"),
    (3, "IP-Addr"),
    (4, "Home-Addr"),
    (129, "Pri-DNS"),
    (130, "Pri-NBNS"),
    (131, "Sec-DNS"),
    (132, "Sec-NBNS"),
];

fn ipcp(o: &mut Out, code: u8, v: View<'_>) -> Step<End> {
    match code {
        1 => {
            if v.len() != 10 {
                bogus(o, "=", 10);
                return Ok(End::Plain);
            }
            o.put((": src ", Ipv4(v.array(2)?), ", dst ", Ipv4(v.array(6)?)));
        }
        2 => return compression(o, v),
        3 | 4 | 129..=132 => {
            if v.len() != 6 {
                bogus(o, "=", 6);
                return Ok(End::Last);
            }
            o.put((": ", Ipv4(v.array(2)?)));
        }
        _ => return Ok(End::Unknown),
    }
    // A value that is cut is not dumped.
    Ok(if v.has(v.len()) { End::Known } else { End::Plain })
}

/// Octets of an IP header compression option without suboptions (RFC 3544, section 2.1).
const HEADER_COMPRESSION_MIN: usize = 14;
const HEADER_COMPRESSION: u16 = 0x61;
const COMPRESSIONS: Table = &[(ppp::VJC as u32, "VJ-Comp"), (0x61, "IP Header Compression")];
const SUBOPTIONS: Table = &[(1, "RTP-Compression"), (2, "Enhanced RTP-Compression")];

/// The IP compression protocol.
fn compression(o: &mut Out, v: View<'_>) -> Step<End> {
    if v.len() < 4 {
        bogus(o, ">=", 4);
        return Ok(End::Last);
    }
    let protocol = v.u16(2)?;
    o.put((": ", named(COMPRESSIONS, protocol, "Unknown"), " (0x", Hex2(protocol), "):"));
    let mut end = v;
    if protocol == HEADER_COMPRESSION {
        if v.len() < HEADER_COMPRESSION_MIN {
            bogus(o, ">=", HEADER_COMPRESSION_MIN as u32);
            return Ok(End::Last);
        }
        v.skip(2).check(HEADER_COMPRESSION_MIN).map_err(|_| Stop::Malformed)?;
        o.put(("\n\t    TCP Space ", v.u16(4)?, ", non-TCP Space ", v.u16(6)?, ", maxPeriod ", v.u16(8)?));
        o.put((", maxTime ", v.u16(10)?, ", maxHdr ", v.u16(12)?));
        if v.len() > HEADER_COMPRESSION_MIN {
            end = suboptions(o, v.skip(HEADER_COMPRESSION_MIN))?;
        }
    }
    // With suboptions the value that is dumped starts behind the last of them.
    if o.opt.verbose > 1 && end.at() != v.at() {
        let len = v.len() - 2;
        if end.skip(2).has(len) {
            o.unknown(end.skip(2), "\n\t    ", len);
        }
        return Ok(End::Plain);
    }
    Ok(End::Known)
}

/// Prints suboptions; the result is what follows them.
fn suboptions<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    let mut rest = v;
    o.put(("\n\t      Suboptions, length ", rest.len()));
    while rest.len() >= 2 {
        rest.check(2).map_err(|_| Stop::Malformed)?;
        let (code, len) = (rest.u8(0)?, usize::from(rest.u8(1)?));
        if code == 0 || len == 0 {
            break;
        }
        o.put(("\n\t\t", named(SUBOPTIONS, code, "Unknown"), " Suboption #", code, ", length ", len));
        if rest.len() < len {
            o.put((" [remaining suboptions length ", rest.len(), " < ", len, "]"));
            o.invalid();
            break;
        }
        rest = rest.skip(len);
    }
    Ok(rest)
}

/// The IPV6CP options.
static IPV6CP: Family =
    Family { names: &[(1, "Interface-ID")], unknown: Some("unknown"), cut: "[|ip6cp]", value: ipv6cp };

fn ipv6cp(o: &mut Out, code: u8, v: View<'_>) -> Step<End> {
    if code != 1 {
        return Ok(End::Unknown);
    }
    if v.len() != 10 {
        bogus(o, "=", 10);
        return Ok(End::Plain);
    }
    v.check(10).map_err(|_| Stop::Malformed)?;
    o.put((": ", Hex4(v.u16(2)?), ":", Hex4(v.u16(4)?), ":", Hex4(v.u16(6)?), ":", Hex4(v.u16(8)?)));
    Ok(End::Known)
}

/// The CCP options.
static CCP: Family = Family { names: CCP_NAMES, unknown: Some("Unknown"), cut: "[|ccp]", value: ccp };

const CCP_NAMES: Table = &[
    (0, "OUI"),
    (1, "Pred-1"),
    (2, "Pred-2"),
    (3, "Puddle"),
    (16, "HP-PPC"),
    (17, "Stac-LZS"),
    (18, "MPPC"),
    (19, "Gand-FZA"),
    (20, "V.42bis"),
    (21, "BSD-Comp"),
    (23, "LZS-DCP"),
    (24, "MVRCA"),
    (25, "DEC"),
    (26, "Deflate"),
    (255, "Reserved"),
];

fn ccp(o: &mut Out, code: u8, v: View<'_>) -> Step<End> {
    match code {
        21 => {
            if v.len() < 3 {
                bogus(o, ">=", 3);
                return Ok(End::Plain);
            }
            let octet = v.u8(2)?;
            o.put((": Version: ", octet >> 5, ", Dictionary Bits: ", octet & 0x1f));
        }
        24 | 26 if v.len() < 4 => {
            bogus(o, ">=", 4);
            return Ok(End::Plain);
        }
        24 => {
            let (octet, context) = (v.u8(2)?, v.u8(3)?);
            let pxp = if octet & 0x20 != 0 { "Enabled" } else { "Disabled" };
            o.put((": Features: ", octet >> 6, ", PxP: ", pxp, ", History: ", octet & 0x1f, ", #CTX-ID: ", context));
        }
        26 => {
            let (octet, check) = (v.u8(2)?, v.u8(3)?);
            let method = octet & 15;
            o.put((": Window: ", octet >> 4, "K, Method: ", if method == 8 { "zlib" } else { "unknown" }));
            o.put((" (0x", Hex(method), "), MBZ: ", check >> 2, ", CHK: ", check & 3));
        }
        _ => return Ok(End::Unknown),
    }
    Ok(End::Known)
}

/// The BACP options.
static BACP: Family = Family { names: &[(1, "Favored-Peer")], unknown: Some("Unknown"), cut: "[|bacp]", value: bacp };

fn bacp(o: &mut Out, code: u8, v: View<'_>) -> Step<End> {
    if code != 1 {
        return Ok(End::Unknown);
    }
    if v.len() != 6 {
        bogus(o, "=", 6);
        return Ok(End::Plain);
    }
    o.put((": Magic-Num 0x", Hex8(v.u32(2)?)));
    Ok(End::Known)
}
