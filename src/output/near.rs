//! Which of the names that there are was likely meant.

/// A longer name is none of ours, and would take long to compare.
const MAX_LEN: usize = 80;

/// The one of `names` that is closest to `name`, of any case, if it is not far: where
/// `name` begins with the protocol of others, one of these.
pub(crate) fn near<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    let name = name.to_ascii_lowercase();
    if name.len() > MAX_LEN {
        return None;
    }
    if let Some((protocol, rest)) = name.split_once('.') {
        let fellows = names.iter().filter_map(|other| Some((*other, other.strip_prefix(protocol)?.strip_prefix('.')?)));
        let limit = (rest.len() + 1) / 3;
        let rows: Vec<_> = fellows.map(|(other, of)| (of_parts(rest, of, limit), other.len(), other)).collect();
        if !rows.is_empty() {
            return rows.into_iter().filter(|row| row.0.0 <= limit).min().map(|row| row.2);
        }
    }
    let limit = (name.len() / 4).min(3);
    let rows = names.iter().map(|other| (distance(name.as_bytes(), other.as_bytes()), *other));
    rows.filter(|row| row.0 <= limit).min().map(|row| row.1)
}

/// How far what follows a protocol is from another, or from a part of it between dots,
/// as `method` is of `request.method`; then how many octets are around that part. What
/// such a part begins with, and what it abbreviates, is `limit` away.
fn of_parts(rest: &str, other: &str, limit: usize) -> (usize, usize) {
    let starts = || std::iter::once(0).chain(other.match_indices('.').map(|(at, _)| at + 1));
    let ends = || other.match_indices('.').map(|(at, _)| at).chain([other.len()]);
    let parts = starts().flat_map(|start| ends().filter_map(move |end| other.get(start..end)));
    let rows = parts.map(|part| {
        let begun = rest.len() > 2 && part.starts_with(rest);
        let far = distance(rest.as_bytes(), part.as_bytes());
        (if begun || abbreviates(part, rest) { far.min(limit) } else { far }, other.len() - part.len())
    });
    rows.min().unwrap_or((usize::MAX, 0))
}

/// Whether `short` is `long` with letters left out, but not the first, as `src` is `source`.
fn abbreviates(short: &str, long: &str) -> bool {
    let mut rest = long.bytes();
    short.len() > 2
        && short.as_bytes().first() == long.as_bytes().first()
        && short.bytes().all(|octet| rest.any(|other| other == octet))
}

/// How many octets must be changed, put in, left out or swapped with the next to make
/// `b`, of any case, of `a`.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let same = |i: usize, j: usize| a[i] == b[j].to_ascii_lowercase();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let mut least = (last[j] + usize::from(!same(i, j))).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j) {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_name_is_one_of_the_same_protocol() {
        let names = [
            "eth.src",
            "ip.src",
            "ip.addr",
            "pim.source",
            "http.request.method",
            "http.request.uri",
            "rtsp.method",
            "dns.qry.name",
        ];
        let near = |name: &str| near(name, &names);
        for (name, expected) in [
            ("ip.source", "ip.src"),
            ("ip.address", "ip.addr"),
            ("ip.source_address", "ip.src"),
            ("http.method", "http.request.method"),
            ("http.request.mehtod", "http.request.method"),
            ("http.meth", "http.request.method"),
            ("http.url", "http.request.uri"),
            ("dns.query", "dns.qry.name"),
            ("HTTP.Request.URI", "http.request.uri"),
            ("ehh.src", "eth.src"),
            ("ipsrc", "ip.src"),
        ] {
            assert_eq!(near(name), Some(expected), "{name}");
        }
        assert_eq!(["ip.ttl", "http.", "http.x", "tcp.flags", "src", "", "."].map(near), [None; 7]);
        assert_eq!(near(&"ip.".repeat(100_000)), None);
    }
}
