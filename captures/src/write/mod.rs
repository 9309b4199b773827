//! Making capture files: each begins on its own, then come records. The octets
//! gather in memory; whoever takes them decides where they go.

mod compressed;
mod pcap;
mod pcapng;

use std::io;

pub use compressed::{Compression, Compressor};
pub use pcapng::{InterfaceFacts, Section, is_section};

use crate::file::Layout;
use crate::packet::{Interface, Packet, Time};

/// Makes the octets of a capture file, or of several one after the other.
pub struct Writer {
    format: Format,
}

enum Format {
    Pcap(pcap::Writer),
    Pcapng(pcapng::Writer),
}

/// The whole records within a stretch of octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    /// Where the last one ends.
    pub octets: usize,
    /// How many of them are packets.
    pub packets: u64,
}

impl Writer {
    /// For classic files with packets of `interface`, with nanoseconds if `nano`.
    pub fn pcap(interface: &Interface, nano: bool) -> Self {
        Writer { format: Format::Pcap(pcap::Writer::new(interface, nano)) }
    }

    /// For pcapng files. Of several, each after the first begins with the
    /// interfaces, and with names and secrets, that were seen before, with at most
    /// `repeated` octets of both.
    ///
    /// # Errors
    /// The section cannot be expressed.
    pub fn pcapng(section: &Section, repeated: Option<usize>) -> io::Result<Self> {
        Ok(Writer { format: Format::Pcapng(pcapng::Writer::new(section, repeated)?) })
    }

    /// Begins a file.
    pub fn begin(&mut self) {
        match &mut self.format {
            Format::Pcap(writer) => writer.begin(),
            Format::Pcapng(writer) => writer.begin(),
        }
    }

    /// Goes on with packets of another source; a classic file has no place for
    /// what is new about it.
    ///
    /// # Errors
    /// The section cannot be expressed.
    pub fn section(&mut self, section: &Section) -> io::Result<()> {
        match &mut self.format {
            Format::Pcap(_) => Ok(()),
            Format::Pcapng(writer) => writer.section(section),
        }
    }

    /// Adds a packet.
    pub fn packet(&mut self, packet: &Packet<'_>) {
        match &mut self.format {
            Format::Pcap(writer) => writer.packet(packet),
            Format::Pcapng(writer) => writer.packet(packet),
        }
    }

    /// Adds a packet with a comment, for which a classic file has no place.
    pub fn commented(&mut self, packet: &Packet<'_>, comment: &str) {
        match &mut self.format {
            Format::Pcap(writer) => writer.packet(packet),
            Format::Pcapng(writer) => writer.commented(packet, comment),
        }
    }

    /// Adds a block of a pcapng file that holds no packet; a classic file has
    /// no place for it.
    ///
    /// # Errors
    /// The interfaces take more octets than are repeated.
    pub fn block(&mut self, block: &[u8]) -> io::Result<()> {
        match &mut self.format {
            Format::Pcap(_) => Ok(()),
            Format::Pcapng(writer) => writer.block(block),
        }
    }

    /// How records must lie to be written as they are, without being made anew.
    pub fn layout(&self) -> Option<Layout> {
        match &self.format {
            Format::Pcap(writer) => Some(writer.layout()),
            Format::Pcapng(_) => None,
        }
    }

    /// Keeps a block for the beginnings of the files to come.
    ///
    /// # Errors
    /// The interfaces take more octets than are repeated.
    pub fn remember(&mut self, block: &[u8]) -> io::Result<()> {
        match &mut self.format {
            Format::Pcap(_) => Ok(()),
            Format::Pcapng(writer) => writer.remember(block),
        }
    }

    /// Adds the counters of an interface at the end of a live capture, where the
    /// format has a place for them.
    ///
    /// # Errors
    /// They cannot be expressed.
    pub fn statistics(&mut self, interface: u32, end: Time, received: u64, dropped: u64) -> io::Result<()> {
        match &mut self.format {
            Format::Pcap(_) => Ok(()),
            Format::Pcapng(writer) => writer.statistics(interface, end, received, dropped),
        }
    }

    /// What has been made and not been taken.
    pub fn octets(&mut self) -> &mut Vec<u8> {
        match &mut self.format {
            Format::Pcap(writer) => &mut writer.octets,
            Format::Pcapng(writer) => writer.octets(),
        }
    }

    /// The whole records at the start of `octets`, which begin a file if `first`.
    /// They belong to the section that was begun last: who has octets of another
    /// one lets them go first.
    pub fn whole(&self, octets: &[u8], first: bool) -> Whole {
        match &self.format {
            Format::Pcap(_) => pcap::whole(octets, first),
            Format::Pcapng(writer) => writer.whole(octets),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::Resolution;

    fn packet(data: &[u8]) -> Packet<'_> {
        let time = Time { seconds: 1, nanos: 2000 };
        Packet { time, wire_len: data.len() as u32, data, interface: 0, record: &[] }
    }

    /// Checks what is whole of octets that are cut at each place, where records
    /// end and whether they are packets.
    fn cuts(writer: &Writer, octets: &[u8], ends: &[(usize, bool)]) {
        for cut in 0..=octets.len() {
            let end = ends.iter().rfind(|row| row.0 <= cut).map_or(0, |row| row.0);
            let packets = ends.iter().filter(|row| row.0 <= cut && row.1).count() as u64;
            let octets = &octets[..cut];
            assert_eq!(writer.whole(octets, true), Whole { octets: end, packets }, "cut at {cut}");
        }
    }

    #[test]
    fn a_cut_classic_file_has_whole_records() {
        let interface = Interface { link: 1, snaplen: 99, resolution: Resolution::MICRO, offset: 0, name: None };
        let mut writer = Writer::pcap(&interface, false);
        writer.begin();
        let mut ends = vec![(writer.octets().len(), false)];
        for data in [&b"12345"[..], b"", b"1234567"] {
            writer.packet(&packet(data));
            ends.push((writer.octets().len(), true));
        }
        let octets = writer.octets().clone();
        cuts(&writer, &octets, &ends);
        assert_eq!(writer.whole(&octets[24..], false), Whole { octets: octets.len() - 24, packets: 3 });
    }

    fn block(kind: u32, body: &[u8], big: bool) -> Vec<u8> {
        let word = |word: u32| if big { word.to_be_bytes() } else { word.to_le_bytes() };
        let size = word(body.len() as u32 + 12);
        [&word(kind)[..], &size, body, &size].concat()
    }

    #[test]
    fn a_cut_pcapng_file_has_whole_blocks_in_either_order() {
        const MAGIC: u32 = 0x1a2b_3c4d;
        for big in [false, true] {
            let magic = if big { MAGIC.to_be_bytes() } else { MAGIC.to_le_bytes() };
            let section = block(0x0a0d_0d0a, &[magic, [0; 4], [0; 4], [0; 4]].concat(), big);
            let mut writer = Writer::pcapng(&Section::Copied, None).unwrap();
            writer.block(&section).unwrap();
            assert_eq!(writer.octets()[16..24], [0xff; 8], "the section's length is not known");
            let mut ends = vec![(section.len(), false)];
            for kind in [1, 6, 4, 3, 2, 5] {
                let block = block(kind, &[0; 20], big);
                let is_packet = matches!(kind, 6 | 3 | 2);
                if is_packet {
                    writer.packet(&Packet { record: &block, ..packet(b"") });
                } else {
                    writer.block(&block).unwrap();
                }
                ends.push((writer.octets().len(), is_packet));
            }
            let octets = writer.octets().clone();
            cuts(&writer, &octets, &ends);
            // What goes on in the same section has the same order.
            let rest = &octets[section.len()..];
            assert_eq!(writer.whole(rest, false), Whole { octets: rest.len(), packets: 3 });
        }
    }

    #[test]
    fn each_of_several_files_begins_with_the_newest_that_fits() {
        let section = block(0x0a0d_0d0a, &[&0x1a2b_3c4d_u32.to_le_bytes()[..], &[0xff; 12]].concat(), false);
        let (interface, names) = (block(1, &[0; 20], false), |octet| block(4, &[octet; 100], false));
        let most = section.len() + interface.len() + 2 * names(0).len();
        let mut writer = Writer::pcapng(&Section::Copied, Some(most)).unwrap();
        writer.block(&section).unwrap();
        writer.block(&interface).unwrap();
        (1..=5).for_each(|octet| writer.block(&names(octet)).unwrap());
        // Counters are of the file that they stand in.
        writer.block(&block(5, &[0; 20], false)).unwrap();
        writer.octets().clear();
        writer.begin();
        assert_eq!(*writer.octets(), [&*section, &interface, &names(4), &names(5)].concat());
        writer.block(&interface).unwrap();
        writer.octets().clear();
        writer.begin();
        assert_eq!(*writer.octets(), [&*section, &interface, &interface, &names(5)].concat());
        let refused = (0..10).find_map(|_| writer.block(&interface).err()).unwrap().to_string();
        assert_eq!(refused, format!("the interfaces take more than {most} octets, too many to begin each file with"));
    }
}
