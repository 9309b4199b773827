//! What is said over TCP: HTTP/1.1 (RFC 9112), TLS 1.3 (RFC 8446) with noise for
//! what is encrypted, and data without end.

use std::io::Write;

use super::Flow;
use super::random::Random;
use super::tcp::{Connection, Message, Script};
use super::wire::LARGEST;

const CLIENT: usize = 0;
const SERVER: usize = 1;

const HOSTS: &[&str] = &["www", "cdn", "api", "static", "images", "login", "mail", "shop", "assets-cache", "telemetry"];
const DOMAINS: &[&str] = &["example.com", "example.net", "example.org", "news.example", "cloud.example", "intra.test"];
const WORDS: &[&str] = &[
    "index",
    "style",
    "main",
    "user",
    "photo",
    "list",
    "the",
    "of",
    "network",
    "item",
    "page",
    "value",
    "report",
    "and",
    "data",
    "update",
    "in",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "class=\"row\"",
    "packet",
    "time",
    "with",
    "content",
];
const AGENTS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36",
    "curl/8.14.1",
];

/// A host's name.
pub fn host(random: &mut Random) -> String {
    let number = random.below(40);
    let (host, domain) = (random.choose(HOSTS), random.choose(DOMAINS));
    if number < 20 { format!("{host}.{domain}") } else { format!("{host}{number}.{domain}") }
}

/// Lines of words.
pub fn text(random: &mut Random, octets: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(octets + 16);
    while text.len() < octets {
        text.extend_from_slice(random.choose(WORDS).as_bytes());
        text.push(if random.once_in(12) { b'\n' } else { b' ' });
    }
    text.truncate(octets);
    text
}

/// Octets of an answer: most are short, and most octets are in long ones.
fn size(random: &mut Random) -> usize {
    match random.below(20) {
        0..15 => random.within(80..1400),
        15..18 => random.within(1400..9000),
        18 => random.within(9000..30_000),
        _ => random.within(30_000..LARGEST),
    }
}

pub fn http(random: &mut Random) -> Box<dyn Flow> {
    let script = Http { host: host(random), left: random.within(1..9), answers: false };
    Box::new(Connection::new(random, 80, script))
}

pub fn tls(random: &mut Random) -> Box<dyn Flow> {
    let script = Tls { host: host(random), stage: 0, left: random.within(1..12), rest: 0 };
    Box::new(Connection::new(random, 443, script))
}

pub fn bulk(random: &mut Random) -> Box<dyn Flow> {
    Box::new(Connection::new(random, 5201, Bulk))
}

/// Requests and answers on one connection.
struct Http {
    host: String,
    left: usize,
    answers: bool,
}

impl Script for Http {
    fn next(&mut self, random: &mut Random, message: &mut Message) -> bool {
        if self.answers {
            answer(random, message);
            self.answers = false;
            return true;
        }
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        self.answers = true;
        message.reset(CLIENT, random);
        let posts = random.once_in(8);
        let method = if posts { "POST" } else { "GET" };
        let (folder, name) = (random.choose(&WORDS[..6]), random.choose(&WORDS[..6]));
        let mut head = format!(
            "{method} /{folder}/{name}.html?id={} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\nAccept: text/html,*/*;q=0.8\r\n\
             Accept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n",
            random.below(100_000),
            self.host,
            random.choose(AGENTS)
        );
        if random.once_in(2) {
            head += &format!("Cookie: session={:032x}\r\n", random.next());
        }
        if posts {
            message.body = random.within(20..3000);
            message.text = true;
            head += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", message.body);
        }
        message.head.extend_from_slice(head.as_bytes());
        message.head.extend_from_slice(b"\r\n");
        true
    }
}

fn answer(random: &mut Random, message: &mut Message) {
    message.reset(SERVER, random);
    let (status, body) = match random.below(20) {
        0 => ("304 Not Modified", 0),
        1 => ("404 Not Found", random.within(100..600)),
        2 => ("302 Found", 0),
        _ => ("200 OK", size(random)),
    };
    message.text = random.once_in(2);
    message.body = body;
    let kind = if message.text { "text/html; charset=utf-8" } else { "image/jpeg" };
    let minute = random.below(60);
    let head = format!(
        "HTTP/1.1 {status}\r\nDate: Thu, 01 Jan 2026 00:{minute:02}:00 GMT\r\nServer: nginx/1.28.0\r\nContent-Type: {kind}\r\n\
         Content-Length: {body}\r\nConnection: keep-alive\r\nETag: \"{:016x}\"\r\n\r\n",
        random.next()
    );
    message.head.extend_from_slice(head.as_bytes());
}

/// A handshake, then requests and answers that nobody can read.
struct Tls {
    host: String,
    stage: u8,
    left: usize,
    /// Octets of the answer under way.
    rest: usize,
}

const CHANGE_CIPHER_SPEC: [u8; 6] = [20, 3, 3, 0, 1, 1];
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;
/// Octets that one record can carry.
const RECORD: usize = 1 << 14;

impl Script for Tls {
    fn next(&mut self, random: &mut Random, message: &mut Message) -> bool {
        match self.stage {
            0 => {
                message.reset(CLIENT, random);
                client_hello(random, &self.host, &mut message.head);
                self.stage = 1;
            }
            1 => {
                message.reset(SERVER, random);
                server_hello(random, &mut message.head);
                message.head.extend_from_slice(&CHANGE_CIPHER_SPEC);
                encrypted(message, random.within(2400..4200));
                self.stage = 2;
            }
            2 => {
                message.reset(CLIENT, random);
                message.head.extend_from_slice(&CHANGE_CIPHER_SPEC);
                encrypted(message, 53);
                self.stage = 3;
            }
            3 => {
                if self.left == 0 {
                    return false;
                }
                self.left -= 1;
                message.reset(CLIENT, random);
                encrypted(message, random.within(60..900));
                self.rest = size(random);
                self.stage = 4;
            }
            _ => {
                message.reset(SERVER, random);
                let now = self.rest.min(RECORD);
                encrypted(message, now + 17);
                self.rest -= now;
                if self.rest == 0 {
                    self.stage = 3;
                }
            }
        }
        true
    }
}

/// A record of noise behind what the message has.
fn encrypted(message: &mut Message, octets: usize) {
    message.head.extend_from_slice(&[APPLICATION_DATA, 3, 3]);
    message.head.extend_from_slice(&(octets as u16).to_be_bytes());
    message.body = octets;
}

/// Writes an octet count of two octets in front of what `write` writes.
fn counted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.extend_from_slice(&[0, 0]);
    write(out);
    let size = (out.len() - at - 2) as u16;
    out[at..at + 2].copy_from_slice(&size.to_be_bytes());
}

/// An extension of a hello.
fn extension(out: &mut Vec<u8>, kind: u16, write: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(&kind.to_be_bytes());
    counted(out, write);
}

/// A record with a handshake message: its type and, behind 24 bits of length, its body.
fn handshake(out: &mut Vec<u8>, kind: u8, write: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(&[HANDSHAKE, 3, 3]);
    counted(out, |out| {
        out.extend_from_slice(&[kind, 0]);
        counted(out, write);
    });
}

const SERVER_NAME: u16 = 0;
const SUPPORTED_GROUPS: u16 = 10;
const SIGNATURE_ALGORITHMS: u16 = 13;
const PROTOCOLS: u16 = 16;
const PADDING: u16 = 21;
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;

/// A ClientHello with a server name (RFC 8446, 4.1.2; RFC 6066, 3).
fn client_hello(random: &mut Random, host: &str, out: &mut Vec<u8>) {
    handshake(out, 1, |out| {
        out.extend_from_slice(&[3, 3]);
        out.extend_from_slice(&random.octets::<32>());
        out.push(32);
        out.extend_from_slice(&random.octets::<32>());
        counted(out, |out| out.extend_from_slice(&[0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2b, 0xc0, 0x2f]));
        out.extend_from_slice(&[1, 0]);
        counted(out, |out| {
            extension(out, SERVER_NAME, |out| {
                counted(out, |out| {
                    out.push(0);
                    counted(out, |out| out.extend_from_slice(host.as_bytes()));
                });
            });
            extension(out, SUPPORTED_GROUPS, |out| counted(out, |out| out.extend_from_slice(&[0, 0x1d, 0, 0x17])));
            extension(out, SIGNATURE_ALGORITHMS, |out| counted(out, |out| out.extend_from_slice(&[4, 3, 8, 4, 4, 1])));
            extension(out, PROTOCOLS, |out| counted(out, |out| out.extend_from_slice(b"\x02h2\x08http/1.1")));
            extension(out, SUPPORTED_VERSIONS, |out| out.extend_from_slice(&[4, 3, 4, 3, 3]));
            extension(out, KEY_SHARE, |out| counted(out, |out| key(random, out)));
            extension(out, PADDING, |out| out.resize(out.len() + 240, 0));
        });
    });
    // The record of a first ClientHello says TLS 1.0 (RFC 8446, 5.1).
    out[2] = 1;
}

/// A ServerHello (RFC 8446, 4.1.3).
fn server_hello(random: &mut Random, out: &mut Vec<u8>) {
    handshake(out, 2, |out| {
        out.extend_from_slice(&[3, 3]);
        out.extend_from_slice(&random.octets::<32>());
        out.push(32);
        out.extend_from_slice(&random.octets::<32>());
        out.extend_from_slice(&[0x13, 1, 0]);
        counted(out, |out| {
            extension(out, SUPPORTED_VERSIONS, |out| out.extend_from_slice(&[3, 4]));
            extension(out, KEY_SHARE, |out| key(random, out));
        });
    });
}

/// A key share of X25519.
fn key(random: &mut Random, out: &mut Vec<u8>) {
    out.extend_from_slice(&[0, 0x1d]);
    counted(out, |out| out.write_all(&random.octets::<32>()).expect("memory takes all"));
}

/// Data without end.
struct Bulk;

impl Script for Bulk {
    fn next(&mut self, random: &mut Random, message: &mut Message) -> bool {
        message.reset(CLIENT, random);
        message.body = 64 << 10;
        true
    }
}
