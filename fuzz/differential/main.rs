//! Prints damaged packets with sniff and with the installed tcpdump, and shows
//! where the lines differ:
//!
//!     cargo build --release
//!     cargo run --release --manifest-path fuzz/Cargo.toml --bin differential -- \
//!         [--sniff PATH] [--seconds N] [--seed N] [--from OCTET] CAPTURE...
//!
//! Each difference is reduced to a packet as short, and as near to the recorded
//! one, as still differs; the packets are written to `differences.pcap`. What
//! differs only between versions of tcpdump is in `known.rs`; what differs only
//! behind other packets, since a printer remembers them, is counted. The exit code
//! is 1 where anything differs.

mod known;

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};
use std::{env, fs};

use known::{APART, KNOWN, Known};
use regex::Regex;
use sniff_captures::file;

/// Packets that one run of both programs prints.
const BATCH: usize = 2000;
/// The sets of options, taken in turns.
const OPTIONS: [&str; 4] = ["-n", "-nv", "-nvvve", "-nqt"];
/// Differences of one kind that are shown.
const KINDS: usize = 40;

type Fallible<T> = Result<T, Box<dyn Error>>;

/// A packet as it was recorded, or damaged.
#[derive(Clone)]
struct Packet {
    octets: Vec<u8>,
    wire: usize,
}

/// A small generator (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// Both programs, and the forms that their lines are compared in.
struct Comparison {
    sniff: PathBuf,
    scratch: PathBuf,
    /// What differs between versions, and how often it was met.
    known: Vec<(Regex, &'static Known, Cell<usize>)>,
    apart: Regex,
    number: Regex,
}

impl Comparison {
    fn new(sniff: PathBuf) -> Fallible<Self> {
        let known = KNOWN.iter().map(|row| Ok((Regex::new(row.pattern)?, row, Cell::new(0))));
        Ok(Comparison {
            sniff,
            scratch: env::temp_dir().join(format!("differential-{}.pcap", std::process::id())),
            known: known.collect::<Fallible<_>>()?,
            apart: Regex::new(&APART.join("|"))?,
            number: Regex::new(r"(?m)^ {0,4}(\d+)  ")?,
        })
    }

    /// The text of each packet as a program prints it; nothing of one that is not
    /// compared.
    fn text(&self, program: &Path, options: &str) -> Fallible<BTreeMap<usize, Option<String>>> {
        let output =
            Command::new(program).args(["-#", "-t", options, "-r"]).arg(&self.scratch).env("TZ", "UTC").output()?;
        let text: String = output.stdout.iter().map(|&octet| octet as char).collect();
        let marks: Vec<_> = self.number.captures_iter(&text).map(|found| (found.get(0), found[1].parse())).collect();
        let mut packets = BTreeMap::new();
        for (i, (mark, number)) in marks.iter().enumerate() {
            let (Some(mark), Ok(number)) = (mark, number) else { continue };
            let end = marks.get(i + 1).and_then(|next| next.0).map_or(text.len(), |next| next.start());
            let mut body = text[mark.end()..end].to_owned();
            if self.apart.is_match(&body) {
                packets.insert(*number, None);
                continue;
            }
            for (pattern, row, met) in &self.known {
                if let Cow::Owned(replaced) = pattern.replace_all(&body, row.form) {
                    body = replaced;
                    met.set(met.get() + 1);
                }
            }
            packets.insert(*number, Some(body));
        }
        Ok(packets)
    }

    /// The packets whose texts differ, by their place, with both texts.
    fn differing(&self, packets: &[Packet], link: u16, options: &str) -> Fallible<Vec<(usize, String, String)>> {
        fs::write(&self.scratch, capture(packets, link))?;
        let theirs = self.text(Path::new("tcpdump"), options)?;
        let ours = self.text(&self.sniff, options)?;
        let mut found = Vec::new();
        for i in 1..=packets.len() {
            let missing = || Some(String::new());
            let (Some(theirs), Some(ours)) =
                (theirs.get(&i).cloned().unwrap_or_else(missing), ours.get(&i).cloned().unwrap_or_else(missing))
            else {
                continue;
            };
            if theirs != ours {
                found.push((i - 1, theirs, ours));
            }
        }
        Ok(found)
    }

    /// The packet without the damage and the octets that do not matter.
    fn reduced(&self, packet: &Packet, recorded: &Packet, link: u16, options: &str) -> Fallible<Packet> {
        let mut best = packet.clone();
        loop {
            let mut tries = Vec::new();
            for cut in [best.octets.len() / 2, best.octets.len().saturating_sub(8), best.octets.len().saturating_sub(1)]
            {
                let mut shorter = best.clone();
                shorter.octets.truncate(cut.max(1));
                tries.push(shorter);
            }
            for (at, (&is, &was)) in best.octets.iter().zip(&recorded.octets).enumerate() {
                if is != was {
                    let mut nearer = best.clone();
                    nearer.octets[at] = was;
                    tries.push(nearer);
                }
            }
            tries.retain(|packet| packet.octets != best.octets);
            match self.differing(&tries, link, options)?.first() {
                Some(&(i, ..)) => best = tries.swap_remove(i),
                None => return Ok(best),
            }
        }
    }
}

/// A capture file of the packets.
fn capture(packets: &[Packet], link: u16) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(0xa1b2_c3d4_u32.to_le_bytes());
    file.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    file.extend(262_144_u32.to_le_bytes());
    file.extend(u32::from(link).to_le_bytes());
    for packet in packets {
        for word in [1, 0, packet.octets.len(), packet.wire.max(packet.octets.len())] {
            file.extend((word as u32).to_le_bytes());
        }
        file.extend(&packet.octets);
    }
    file
}

/// Flips, overwrites and cuts octets from `from` on.
fn damaged(recorded: &Packet, from: usize, random: &mut Random) -> Packet {
    let mut packet = recorded.clone();
    let kind = random.below(20);
    let length = packet.octets.len();
    if length <= from {
        return packet;
    }
    if kind < 15 {
        for _ in 0..=random.below(3) {
            let at = from + random.below(length - from);
            let octet = &mut packet.octets[at];
            *octet = match random.below(4) {
                0 => [0, 1, 2, 3, 4, 5, 8, 16, 32, 64, 127, 128, 255][random.below(13)],
                1 => random.below(256) as u8,
                2 => *octet ^ 1 << random.below(8),
                _ => octet.wrapping_add([1, 255, 4, 252][random.below(4)]),
            };
        }
    }
    if kind > 12 && length > from + 1 {
        packet.octets.truncate(from + random.below(length - from));
        packet.octets.truncate(length.max(1));
        if packet.octets.is_empty() {
            packet.octets.push(0);
        }
        if random.below(3) == 0 {
            packet.wire = packet.octets.len();
        }
    }
    packet
}

/// What two texts differ in, without its numbers, to tell kinds of differences apart.
fn kind(theirs: &str, ours: &str) -> String {
    let first = theirs.lines().zip(ours.lines()).find(|(a, b)| a != b);
    let (a, b) = first.unwrap_or((theirs, ours));
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let rest =
        |text: &str| text.bytes().skip(same).take(24).filter(|octet| !octet.is_ascii_hexdigit()).collect::<Vec<_>>();
    format!("{:?} {:?}", rest(a), rest(b))
}

struct Args {
    sniff: PathBuf,
    seconds: u64,
    seed: u64,
    from: usize,
    captures: Vec<PathBuf>,
}

fn args() -> Fallible<Args> {
    let sniff = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/sniff");
    let mut parsed = Args { sniff, seconds: 60, seed: 1, from: 0, captures: Vec::new() };
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--sniff" => parsed.sniff = value()?.into(),
            "--seconds" => parsed.seconds = value()?.parse()?,
            "--seed" => parsed.seed = value()?.parse()?,
            "--from" => parsed.from = value()?.parse()?,
            _ => parsed.captures.push(word.into()),
        }
    }
    if parsed.captures.is_empty() { Err("no captures".into()) } else { Ok(parsed) }
}

fn main() -> Fallible<ExitCode> {
    let args = args()?;
    let comparison = Comparison::new(args.sniff.clone())?;
    let mut random = Random(args.seed.max(1));
    let end = Instant::now() + Duration::from_secs(args.seconds);
    let mut kinds = BTreeMap::new();
    let (mut printed, mut behind_others) = (0_usize, 0_usize);
    for turn in 0.. {
        let path = &args.captures[turn % args.captures.len()];
        let mut recorded = Vec::new();
        let mut link = None;
        file::each_packet(path, |packet, interface| {
            if *link.get_or_insert(interface.link) == interface.link {
                recorded.push(Packet { octets: packet.data.to_vec(), wire: packet.wire_len as usize });
            }
        })?;
        let (Some(link), false) = (link, recorded.is_empty()) else { continue };
        let chosen: Vec<usize> = (0..BATCH).map(|_| random.below(recorded.len())).collect();
        let packets: Vec<_> = chosen.iter().map(|&i| damaged(&recorded[i], args.from, &mut random)).collect();
        let options = OPTIONS[turn / args.captures.len() % OPTIONS.len()];
        printed += packets.len();
        for (i, theirs, ours) in comparison.differing(&packets, link, options)? {
            let kind = kind(&theirs, &ours);
            if kinds.len() < KINDS && !kinds.contains_key(&kind) {
                let packet = comparison.reduced(&packets[i], &recorded[chosen[i]], link, options)?;
                let shown = comparison.differing(std::slice::from_ref(&packet), link, options)?;
                if shown.is_empty() {
                    // What an earlier packet of the batch left behind made the difference.
                    behind_others += 1;
                    continue;
                }
                println!("{} {options}: packet of {} octets", path.display(), packet.octets.len());
                for (_, theirs, ours) in shown {
                    println!("  tcpdump: {}\n  sniff:   {}", theirs.trim_end(), ours.trim_end());
                }
                kinds.insert(kind, (link, packet));
            }
        }
        if Instant::now() > end {
            break;
        }
    }
    fs::remove_file(&comparison.scratch).ok();
    println!(
        "{printed} packets, {} kinds of differences, {behind_others} times only behind other packets;",
        kinds.len()
    );
    println!("told apart from what is known:");
    for (_, row, met) in &comparison.known {
        println!("{:9} {}", met.get(), row.reason);
    }
    if let Some(&(link, _)) = kinds.values().next() {
        let packets: Vec<_> = kinds.into_values().filter(|row| row.0 == link).map(|row| row.1).collect();
        fs::write("differences.pcap", capture(&packets, link))?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
