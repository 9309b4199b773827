//! A first reader: classic pcap and pcapng files to text.
use sniff_dissectors::{Frame, Numeric, Options, Out, PacketType, body, header_fault};
use std::io::Write;

fn main() {
    let mut opt = Options::default();
    let (mut file, mut number, mut t, mut count, mut nano) = (String::new(), false, 0, u64::MAX, false);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        if arg == "--nano" {
            nano = true;
            continue;
        }
        let Some(flags) = arg.strip_prefix('-') else { continue };
        let mut chars = flags.chars();
        while let Some(c) = chars.next() {
            match c {
                'n' => opt.numeric += 1,
                'v' => opt.verbose += 1,
                'e' => opt.link = true,
                'q' => opt.quiet += 1,
                't' => t += 1,
                'x' => opt.hex += 1,
                'X' => opt.hex_ascii += 1,
                'A' => opt.ascii += 1,
                'S' => opt.absolute_seq = true,
                'K' => opt.no_checksums = true,
                '#' => number = true,
                'b' => opt.asdot = true,
                'u' => opt.raw_handles = true,
                'H' => opt.mesh = true,
                'g' => opt.one_line = true,
                'r' | 'c' | 'T' | 'E' => {
                    let rest: String = chars.by_ref().collect();
                    let value = if rest.is_empty() { args.next().unwrap() } else { rest };
                    match c {
                        'r' => file = value,
                        'c' => count = value.parse().unwrap(),
                        'T' => opt.packet_type = PacketType::ALL.iter().find(|r| r.0 == value).map(|r| r.1),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
    let data = std::fs::read(file).unwrap();
    let mut o = Out::new(opt, Box::new(Numeric));
    let mut printer = Printer { number, t, count, nano, n: 0, previous: None };
    if data.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
        pcapng(&data, &mut o, &mut printer)
    } else {
        pcap(&data, &mut o, &mut printer)
    }
    let _ = std::io::stdout().write_all(o.line.as_bytes());
}

struct Printer {
    number: bool,
    t: u32,
    count: u64,
    nano: bool,
    n: u64,
    previous: Option<i128>,
}

impl Printer {
    fn packet(&mut self, o: &mut Out, frame: &Frame<'_>, time: i128) -> bool {
        self.n += 1;
        if self.number {
            o.put((sniff_dissectors_spaces(self.n), "  "));
        }
        if header_fault(o, frame) {
            o.put("\n");
            return self.n < self.count;
        }
        let digits = |ns: i128| if self.nano { format!("{:09}", ns) } else { format!("{:06}", ns / 1000) };
        let clock = |t: i128| {
            let s = t.div_euclid(1_000_000_000);
            format!("{:02}:{:02}:{:02}.{}", s / 3600 % 24, s / 60 % 60, s % 60, digits(t.rem_euclid(1_000_000_000)))
        };
        let text = match self.t {
            0 => format!("{} ", clock(time)),
            1 => String::new(),
            2 => format!("{}.{} ", time / 1_000_000_000, digits(time % 1_000_000_000)),
            4 => {
                let days = time / 86_400_000_000_000 + 719_468;
                let era = days / 146_097;
                let doe = days % 146_097;
                let yoe = (doe - doe / 1460 + doe / 36524 - doe / 146_096) / 365;
                let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
                let mp = (5 * doy + 2) / 153;
                let d = doy - (153 * mp + 2) / 5 + 1;
                let m = if mp < 10 { mp + 3 } else { mp - 9 };
                let y = yoe + era * 400 + i128::from(m <= 2);
                format!("{y:04}-{m:02}-{d:02} {} ", clock(time))
            }
            _ => {
                let since = time - self.previous.unwrap_or(time);
                if self.t == 3 || self.previous.is_none() {
                    self.previous = Some(time);
                }
                format!("{}{} ", if since < 0 { '-' } else { ' ' }, clock(since.abs()))
            }
        };
        o.put(text.as_str());
        body(o, frame);
        o.put("\n");
        self.n < self.count
    }
}

fn sniff_dissectors_spaces(n: u64) -> &'static str {
    Box::leak(format!("{n:5}").into_boxed_str())
}

fn pcap(data: &[u8], o: &mut Out, printer: &mut Printer) {
    let le = data[0] == 0xd4 || data[0] == 0x4d;
    let nano = data[0] == 0x4d || data[3] == 0x4d;
    let u = |at: usize| {
        let b: [u8; 4] = data[at..at + 4].try_into().unwrap();
        if le { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) }
    };
    let link = (u(20) & 0xffff) as u16;
    let mut at = 24;
    while at + 16 <= data.len() {
        let caplen = u(at + 8) as usize;
        let frac = i128::from(u(at + 4)) * if nano { 1 } else { 1000 };
        let Some(bytes) = data.get(at + 16..at + 16 + caplen) else { break };
        let frame = Frame { data: bytes, wire_len: u(at + 12), link };
        if !printer.packet(o, &frame, i128::from(u(at)) * 1_000_000_000 + frac) {
            break;
        }
        at += 16 + caplen;
    }
}

fn pcapng(data: &[u8], o: &mut Out, printer: &mut Printer) {
    let le = data[8] == 0x4d;
    let u = |at: usize| {
        let b: [u8; 4] = data[at..at + 4].try_into().unwrap();
        if le { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) }
    };
    let mut ifs: Vec<(u16, i128)> = Vec::new();
    let mut at = 0;
    while at + 12 <= data.len() {
        let len = u(at + 4) as usize;
        if len < 12 || at + len > data.len() {
            break;
        }
        match u(at) {
            1 => {
                let link = if le { u(at + 8) & 0xffff } else { u(at + 8) >> 16 } as u16;
                let mut res = 1000;
                let mut p = at + 16;
                while p + 4 <= at + len - 4 {
                    let w = u(p);
                    let (code, n) = if le { (w & 0xffff, w >> 16) } else { (w >> 16, w & 0xffff) };
                    if code == 9 {
                        res = match data[p + 4] {
                            9 => 1,
                            6 => 1000,
                            3 => 1_000_000,
                            _ => 1000,
                        };
                    }
                    if code == 0 {
                        break;
                    }
                    p += 4 + (n as usize).div_ceil(4) * 4;
                }
                ifs.push((link, res));
            }
            6 => {
                let (link, res) = ifs[u(at + 8) as usize];
                let t = (i128::from(u(at + 12)) << 32 | i128::from(u(at + 16))) * res;
                let caplen = u(at + 20) as usize;
                let frame = Frame { data: &data[at + 28..at + 28 + caplen], wire_len: u(at + 24), link };
                if !printer.packet(o, &frame, t) {
                    break;
                }
            }
            3 => {
                let (link, _) = ifs[0];
                let n = (u(at + 8) as usize).min(len - 16);
                let frame = Frame { data: &data[at + 12..at + 12 + n], wire_len: u(at + 8), link };
                if !printer.packet(o, &frame, 0) {
                    break;
                }
            }
            _ => {}
        }
        at += len;
    }
}
