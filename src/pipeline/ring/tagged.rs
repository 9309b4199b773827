//! A filter that says nothing of VLANs matches no packet with a tag: where nothing
//! passes a filter, packets that would but for their tags are told of.

use sniff_captures::{Interface, Packet};
use sniff_filters::Program;

use crate::message;
use crate::pipeline::compile;

/// LINKTYPE_ETHERNET, and where its frames have their type.
const ETHERNET: u16 = 1;
const TYPE: usize = 12;
/// Octets of a tag.
const TAG: usize = 4;

/// Types of tags: IEEE 802.1Q, 802.1ad, and the first of QinQ.
const TAGS: [[u8; 2]; 3] = [[0x81, 0x00], [0x88, 0xa8], [0x91, 0x00]];

/// The most tags that are looked behind.
const MOST: usize = 2;

/// Packets that are looked at before it is given up.
const PATIENCE: u32 = 10_000;

/// Looks for packets that a filter misses for their tags.
#[derive(Default)]
pub(in crate::pipeline) struct Tagged {
    /// The filter behind one tag and behind two, and how it is compiled once it is needed.
    filters: Vec<(String, Option<Program>)>,
    left: u32,
    found: Option<usize>,
}

impl Tagged {
    /// Begins with a filter, if it is one that misses tags.
    pub(super) fn begin(&mut self, filter: &str) {
        let knows = filter.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "vlan");
        let fits = !filter.trim().is_empty() && !knows;
        let behind = |tags: usize| ("vlan and ".repeat(tags) + &format!("({filter})"), None);
        self.filters = if fits { (1..=MOST).map(behind).collect() } else { Vec::new() };
        self.left = if fits && self.found.is_none() { PATIENCE } else { 0 };
    }

    /// Looks at a packet that did not pass.
    #[inline]
    pub(super) fn look(&mut self, packet: &Packet<'_>, interfaces: &[Interface]) {
        if self.left > 0 && is_tag(packet.data, TYPE) && interfaces[packet.interface].link == ETHERNET {
            self.left -= 1;
            self.look_behind(packet, &interfaces[packet.interface]);
        }
    }

    fn look_behind(&mut self, packet: &Packet<'_>, interface: &Interface) {
        let tags = (1..MOST).take_while(|tag| is_tag(packet.data, TYPE + tag * TAG)).count();
        let Some((filter, program)) = self.filters.get_mut(tags) else { return };
        if program.is_none() {
            match compile(filter, None, interface, true) {
                Ok(compiled) => *program = Some(compiled),
                Err(_) => self.left = 0,
            }
        }
        if program.as_ref().is_some_and(|program| program.matches(packet.data, packet.wire_len)) {
            self.found = Some(tags);
            self.left = 0;
        }
    }

    /// Tells of packets with tags, where no packet passed.
    pub(in crate::pipeline) fn report(&self) {
        if let Some((filter, _)) = self.found.and_then(|tags| self.filters.get(tags)) {
            message::note(&format!("no packet passed, but packets with a VLAN tag would: {filter}"));
        }
    }
}

fn is_tag(frame: &[u8], at: usize) -> bool {
    frame.get(at..at + 2).is_some_and(|kind| TAGS.iter().any(|tag| kind == tag))
}
