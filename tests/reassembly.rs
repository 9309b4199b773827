//! Any segmentation, duplication, reordering and overlap of a TCP stream gives
//! the same octets; lost segments leave the others where they belong.

use proptest::prelude::*;
use proptest::sample::Index;

use sniff::streams::decode::Address;
use sniff::streams::tcp::{Connections, Conversation, Opening, Side, Want};
use sniff::streams::transport::{ACK, Endpoint, FIN, SYN, Segment};
use sniff_captures::Time;

/// What a side sent: octets, or `None` for each one that is missing.
type Sent = Vec<Option<u8>>;

/// Collects both sides' octets, and whether each has ended.
#[derive(Default)]
struct Collected {
    sent: [Sent; 2],
    ended: [bool; 2],
}

struct Collect;

impl Conversation for Collect {
    type Shared = Collected;

    fn open(opening: &Opening, _: Time, _: &mut Collected) -> Self {
        assert!(opening.begun);
        assert_eq!((opening.ends.client.port, opening.ends.server.port), (5000, 80));
        Collect
    }

    fn octets(&mut self, from: Side, octets: &[u8], _: Time, shared: &mut Collected) -> Want {
        shared.sent[from.index()].extend(octets.iter().copied().map(Some));
        Want::More
    }

    fn missing(&mut self, from: Side, octets: u64, _: Time, shared: &mut Collected) -> Want {
        let len = shared.sent[from.index()].len();
        shared.sent[from.index()].resize(len + octets as usize, None);
        Want::More
    }

    fn closed(&mut self, from: Side, _: Time, shared: &mut Collected) {
        shared.ended[from.index()] = true;
    }

    fn end(self, _: Time, _: &mut Collected) {}

    fn held(&self) -> usize {
        0
    }
}

const CLIENT: u16 = 5000;
const SERVER: u16 = 80;

fn segment(from: u16, seq: u32, ack: u32, flags: u8, octets: &[u8]) -> Segment<'_> {
    let end = |port| Endpoint { address: Address::v4([10, 0, 0, 1]), port };
    let target = end(if from == CLIENT { SERVER } else { CLIENT });
    let len = octets.len() as u32;
    Segment { source: end(from), target, seq, ack, flags, window: 1000, options: &[], octets, len }
}

/// A stream cut into segments that cover it, some of them twice, overlapping
/// others, in any order.
fn segments() -> impl Strategy<Value = (Vec<u8>, Vec<(usize, usize)>)> {
    let stream = prop::collection::vec(any::<u8>(), 1..3000);
    let cuts = prop::collection::vec(any::<Index>(), 0..40);
    let extra = prop::collection::vec((any::<Index>(), any::<Index>()), 0..40);
    (stream, cuts, extra).prop_flat_map(|(stream, cuts, extra)| {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len())).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        let mut ranges: Vec<_> = cuts.windows(2).map(|pair| (pair[0], pair[1])).collect();
        ranges.extend(extra.iter().map(|(a, b)| {
            let (a, b) = (a.index(stream.len()), b.index(stream.len()));
            (a.min(b), a.max(b) + 1)
        }));
        (Just(stream), Just(ranges).prop_shuffle())
    })
}

/// Sends the segments from the server, whose first sequence number is `isn`;
/// FIN goes after as many of them as `fin` says.
fn collect(stream: &[u8], ranges: &[(usize, usize)], isn: u32, fin: usize) -> Collected {
    let mut connections = Connections::<Collect>::new(64 << 20);
    let mut collected = Collected::default();
    let first = isn.wrapping_add(1);
    let mut send = |segment: &Segment<'_>| connections.segment(segment, Time::default(), &mut collected);
    send(&segment(CLIENT, 7, 0, SYN, &[]));
    send(&segment(SERVER, isn, 8, SYN | ACK, &[]));
    for (at, &(start, end)) in ranges.iter().enumerate() {
        if at == fin {
            send(&segment(SERVER, first.wrapping_add(stream.len() as u32), 8, ACK | FIN, &[]));
        }
        send(&segment(SERVER, first.wrapping_add(start as u32), 8, ACK, &stream[start..end]));
    }
    while connections.end_next(&mut collected) {}
    collected
}

proptest! {
    #[test]
    fn the_octets_do_not_depend_on_the_segments((stream, ranges) in segments(), isn: u32, fin: Index) {
        let fin = fin.index(ranges.len());
        let collected = collect(&stream, &ranges, isn, fin);
        prop_assert_eq!(&collected.sent[1], &stream.iter().copied().map(Some).collect::<Sent>());
        prop_assert_eq!(collected.ended, [false, true]);
        prop_assert!(collected.sent[0].is_empty());
    }

    #[test]
    fn lost_segments_leave_the_others_in_their_places((stream, mut ranges) in segments(), isn: u32, lost: Index) {
        let lost = lost.index(ranges.len());
        ranges.truncate(lost);
        let mut expected: Sent = vec![None; stream.len()];
        for &(start, end) in &ranges {
            for at in start..end {
                expected[at] = Some(stream[at]);
            }
        }
        // After the last octet that arrived nothing is known to be missing.
        expected.truncate(ranges.iter().map(|range| range.1).max().unwrap_or(0));
        let collected = collect(&stream, &ranges, isn, usize::MAX);
        prop_assert_eq!(&collected.sent[1], &expected);
    }
}
