//! `--split-by flow`: a capture file for each conversation.
//!
//! No file stays open: what is held back of a conversation is appended to its
//! file when it is long, or when all that is held back is.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::{fs, io};

use foldhash::HashMap as FastMap;
use sniff_captures::write::Writer;
use sniff_captures::{Interface, Packet};
use sniff_dissectors::Line;

use super::SaveError;
use super::folder::{self, Folder, Identity};
use crate::streams::decode::{self, Fragment, Ip, TCP, UDP};
use crate::streams::flow::Key;

/// Octets of a conversation that are held back before they are written.
const FULL: usize = 64 << 10;
/// The same of all conversations.
const ALL_FULL: usize = 32 << 20;
/// More conversations than these are not known at a time: all are forgotten then,
/// and one that goes on gets another file.
const MAX_FLOWS: usize = 1 << 18;
/// The largest packet.
const SNAPLEN: u32 = 262_144;

/// What tells a conversation: its ends and the link type; none for packets
/// without IP.
type Flow = (Option<Key>, u16);

/// A file of a conversation.
struct Part {
    name: OsString,
    held: Vec<u8>,
    /// Whether the file is there.
    begun: bool,
}

/// The files of the conversations.
pub(crate) struct Split {
    folder: Folder,
    inputs: Vec<Identity>,
    nano: bool,
    writers: HashMap<u16, Writer>,
    parts: FastMap<Flow, Part>,
    /// The ports of datagrams whose later fragments are still to come.
    fragments: FastMap<(Key, u32), Key>,
    held: usize,
    /// Files so far, and packets in them.
    files: u64,
    packets: u64,
}

impl Split {
    /// Files in a folder, which is made if it is not there.
    pub(crate) fn create(path: &OsStr, inputs: &[PathBuf], nano: bool) -> Result<Self, SaveError> {
        let failed = |error| SaveError::Create(path.into(), error);
        match fs::create_dir(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(error)),
            _ => {}
        }
        // Any name leads to the folder itself.
        let (folder, _) = Folder::of(&PathBuf::from(path).join("flow"), false).map_err(failed)?;
        folder.check().map_err(failed)?;
        Ok(Split {
            folder,
            inputs: inputs.iter().filter_map(|path| folder::identity_of_input(path)).collect(),
            nano,
            writers: HashMap::new(),
            parts: FastMap::default(),
            fragments: FastMap::default(),
            held: 0,
            files: 0,
            packets: 0,
        })
    }

    /// Writes a packet of LINKTYPE_ `link` into its conversation's file.
    pub(crate) fn packet(&mut self, packet: &Packet<'_>, link: u16) -> Result<(), SaveError> {
        let flow = (self.key(link, packet.data), link);
        if self.parts.len() >= MAX_FLOWS && !self.parts.contains_key(&flow) {
            self.flush()?;
            self.parts.clear();
        }
        let interface = Interface { link, snaplen: SNAPLEN, ..Interface::default() };
        let writer = self.writers.entry(link).or_insert_with(|| Writer::pcap(&interface, self.nano));
        let part = self.parts.entry(flow).or_insert_with(|| {
            self.files += 1;
            writer.begin();
            Part { name: name(self.files, &flow), held: Vec::new(), begun: false }
        });
        writer.packet(packet);
        self.held += writer.octets().len();
        part.held.append(writer.octets());
        self.packets += 1;
        if part.held.len() >= FULL {
            self.held -= part.held.len();
            append(&self.folder, &self.inputs, part, self.packets)?;
        } else if self.held >= ALL_FULL {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes all that is held back.
    pub(crate) fn flush(&mut self) -> Result<(), SaveError> {
        for part in self.parts.values_mut().filter(|part| !part.held.is_empty()) {
            append(&self.folder, &self.inputs, part, self.packets)?;
        }
        self.held = 0;
        Ok(())
    }

    /// The conversation of a frame.
    fn key(&mut self, link: u16, data: &[u8]) -> Option<Key> {
        let ip = decode::ip(link, data)?;
        let without_ports = Key::of((ip.source, 0), (ip.target, 0), ip.protocol).0;
        let whole = key(&ip);
        let Some(Fragment { id, offset, .. }) = ip.fragment else { return Some(whole) };
        if offset > 0 {
            return Some(self.fragments.get(&(without_ports, id)).copied().unwrap_or(without_ports));
        }
        if self.fragments.len() >= MAX_FLOWS {
            self.fragments.clear();
        }
        self.fragments.insert((without_ports, id), whole);
        Some(whole)
    }
}

/// The ends of an IP packet, with the ports of TCP and UDP.
fn key(ip: &Ip<'_>) -> Key {
    let ports = match (ip.protocol, ip.payload) {
        (TCP | UDP, [a, b, c, d, ..]) => (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d])),
        _ => (0, 0),
    };
    Key::of((ip.source, ports.0), (ip.target, ports.1), ip.protocol).0
}

/// `000001-tcp-10.0.0.1.5000-10.0.0.2.80.pcap`; colons of IPv6 become underscores.
fn name(number: u64, (key, link): &Flow) -> OsString {
    let Some(key) = key else { return format!("{number:06}-link{link}.pcap").into() };
    let protocol = match key.protocol {
        1 => "icmp".to_owned(),
        TCP => "tcp".to_owned(),
        UDP => "udp".to_owned(),
        58 => "icmp6".to_owned(),
        132 => "sctp".to_owned(),
        other => format!("ip{other}"),
    };
    let end = |address: &decode::Address, port: u16| {
        let mut line = Line::default();
        address.write(&mut line);
        let text = String::from_utf8_lossy(line.as_bytes()).replace(':', "_");
        if matches!(key.protocol, TCP | UDP) { format!("{text}.{port}") } else { text }
    };
    format!("{number:06}-{protocol}-{}-{}.pcap", end(&key.a, key.ports.0), end(&key.b, key.ports.1)).into()
}

/// Appends what is held back to a file. If the disk is full, the file stays as
/// it was.
fn append(folder: &Folder, inputs: &[Identity], part: &mut Part, packets: u64) -> Result<(), SaveError> {
    let path = folder.path(&part.name);
    if folder.identity(&part.name).is_some_and(|identity| inputs.contains(&identity)) {
        return Err(SaveError::SameFile(path));
    }
    let opened = if part.begun { folder.append(&part.name) } else { folder.create(&part.name) };
    let mut file = opened.map_err(|error| SaveError::Create(path.clone(), error))?;
    part.begun = true;
    let written = whole(&mut file, &part.held);
    written.map_err(|error| SaveError::Write(path, error, packets))?;
    part.held = Vec::new();
    Ok(())
}

fn whole(file: &mut File, octets: &[u8]) -> io::Result<()> {
    let start = file.seek(SeekFrom::End(0))?;
    file.write_all(octets).inspect_err(|_| drop(file.set_len(start)))
}
