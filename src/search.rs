//! `--match` and `--match-hex`: packets by what their payload holds.

use etherparse::{LaxSlicedPacket, TransportSlice};
use regex::bytes::{Regex, RegexBuilder};
use sniff_captures::link;
use sniff_dissectors::{Out, Paint};

/// A search that packets must satisfy.
pub(crate) struct Search {
    patterns: Vec<Regex>,
}

impl Search {
    /// A search for a regular expression, for octets, or for both; nothing to
    /// search for is no search.
    ///
    /// # Errors
    /// The message of a bad regular expression.
    pub(crate) fn new(text: Option<&str>, octets: Option<&[u8]>) -> Result<Option<Self>, String> {
        let mut patterns = Vec::new();
        // Without Unicode classes a pattern can match any octets.
        let compile = |pattern: &str| {
            RegexBuilder::new(pattern).unicode(false).size_limit(10 << 20).build().map_err(|error| error.to_string())
        };
        if let Some(text) = text {
            patterns.push(compile(text).map_err(|error| format!("invalid regular expression of --match: {error}"))?);
        }
        if let Some(octets) = octets {
            let pattern: String = octets.iter().map(|octet| format!("\\x{octet:02x}")).collect();
            patterns.push(compile(&pattern)?);
        }
        Ok((!patterns.is_empty()).then_some(Search { patterns }))
    }

    /// Whether the payload of a packet satisfies every pattern.
    pub(crate) fn matches(&self, link: u16, data: &[u8]) -> bool {
        let payload = payload(link, data);
        self.patterns.iter().all(|pattern| pattern.is_match(payload))
    }

    /// Colours the hits in the text from `start` on. Text between colours is
    /// searched piece by piece, so that no escape sequence is split.
    pub(crate) fn mark(&self, out: &mut Out, start: usize) {
        let text = out.line.as_bytes()[start..].to_vec();
        out.line.truncate(start);
        let mut rest = &text[..];
        while let Some(found) = self.patterns.iter().filter_map(|p| p.find(rest)).min_by_key(regex::bytes::Match::start)
        {
            let hit = found.as_bytes();
            if hit.is_empty() || hit.contains(&0x1b) {
                break;
            }
            out.line.bytes(&rest[..found.start()]);
            out.paint(Paint::Hit, |o| o.line.bytes(hit));
            rest = &rest[found.end()..];
        }
        out.line.bytes(rest);
    }
}

/// What a packet carries: the data of TCP, UDP or ICMP, else of IP, else of the frame.
fn payload(link: u16, data: &[u8]) -> &[u8] {
    /// DLT_ values and their octets before IP.
    const HEADERS: &[(i32, usize)] = &[(0, 4), (108, 4), (113, 16), (276, 20), (9, 2), (12, 0), (228, 0), (229, 0)];
    let dlt = link::to_dlt(link);
    let sliced = if dlt == 1 {
        LaxSlicedPacket::from_ethernet(data).ok()
    } else {
        let header = HEADERS.iter().find(|row| row.0 == dlt).map(|row| row.1);
        header.and_then(|header| data.get(header..)).and_then(|ip| LaxSlicedPacket::from_ip(ip).ok())
    };
    let Some(sliced) = sliced else { return data };
    match (&sliced.transport, &sliced.net) {
        (Some(TransportSlice::Tcp(tcp)), _) => tcp.payload(),
        (Some(TransportSlice::Udp(udp)), _) => udp.payload(),
        (Some(TransportSlice::Icmpv4(icmp)), _) => icmp.payload(),
        (Some(TransportSlice::Icmpv6(icmp)), _) => icmp.payload(),
        (Some(TransportSlice::Igmp(igmp)), _) => igmp.payload(),
        (None, Some(net)) => net.ip_payload_ref().map_or(data, |payload| payload.payload),
        (None, None) => sliced.ether_payload().map_or(data, |payload| payload.payload),
    }
}
