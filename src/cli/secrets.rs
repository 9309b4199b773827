//! The secrets of `-E`: `[SPI@ADDRESS] ALGORITHM[-cbc][-hmac96]:KEY`, separated
//! by commas or newlines, or `file NAME` with one on each line. Those of IKEv2
//! are `ikev2 I|R 0xSPI 0xSPI AUTHENTICATION:KEY ALGORITHM[-cbc][-hmac96]:KEY`,
//! with the initiator's index first.

use std::fs::File;
use std::io::Read;
use std::net::IpAddr;

use sniff_dissectors::{Cipher, Opens, Secret};

use super::Stop;
use super::numbers::based;
use crate::pipeline::reason;

/// Exit codes of a file that cannot be read, and of a key that is not hexadecimal.
const EXIT_FILE: u8 = 13;
const EXIT_HEX: u8 = 15;

/// Bounds: octets of a file and of a key, and secrets.
const MAX_FILE: u64 = 1 << 20;
const MAX_KEY: usize = 256;
const MAX_SECRETS: usize = 4096;

/// What `-E` gave.
#[derive(Default)]
pub(super) struct Secrets {
    pub(super) found: Vec<Secret>,
    /// What was passed over.
    pub(super) warnings: Vec<String>,
}

/// Takes the value of `-E` apart.
pub(super) fn parse(text: &str) -> Result<Secrets, Stop> {
    let mut secrets = Secrets::default();
    for part in text.strip_suffix([',', '\n']).unwrap_or(text).split([',', '\n']).filter(|_| !text.is_empty()) {
        match part.split_once([' ', '\t']) {
            Some((word, name)) if word.eq_ignore_ascii_case("file") => {
                for (line, at) in read(name)?.lines().zip(1..) {
                    if !line.trim().is_empty() && !line.starts_with('#') {
                        secrets.add(line, name, at)?;
                    }
                }
            }
            _ => secrets.add(part, "cmdline", 0)?,
        }
    }
    Ok(secrets)
}

fn stop(text: String, code: u8) -> Stop {
    Stop { code, ..Stop::failure(text) }
}

fn read(name: &str) -> Result<String, Stop> {
    let mut octets = Vec::new();
    let result = File::open(name).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut octets));
    let result = match result {
        Ok(_) if octets.len() as u64 > MAX_FILE => Err(rustix::io::Errno::FBIG.into()),
        other => other,
    };
    match result {
        Ok(_) => Ok(String::from_utf8_lossy(&octets).into_owned()),
        Err(error) => {
            Err(stop(format!("esp_print_decode_onesecret: can't open {name}: {}", reason(&error)), EXIT_FILE))
        }
    }
}

impl Secrets {
    fn warn(&mut self, text: String) -> Result<(), Stop> {
        self.warnings.push(text);
        Ok(())
    }

    /// Takes one secret, from a line of a file.
    fn add(&mut self, text: &str, file: &str, line: usize) -> Result<(), Stop> {
        if self.found.len() + self.warnings.len() >= MAX_SECRETS {
            return Err(stop(format!("more than {MAX_SECRETS} secrets of -E"), EXIT_FILE));
        }
        match text.split_once([' ', '\t']) {
            None => self.take(Opens::Esp, text),
            Some((word, fields)) if word.eq_ignore_ascii_case("ikev2") => self.add_ike(fields, file, line),
            Some((to, how)) => {
                let (spi, address) = to.split_once('@').unwrap_or((to, ""));
                let Some(spi) = based(spi).and_then(|spi| u32::try_from(spi).ok()) else {
                    return self.warn(format!("print_esp: failed to decode spi# {spi}"));
                };
                let Ok(address) = address.parse::<IpAddr>() else {
                    return self.warn(format!("print_esp: can not decode IP# {address}"));
                };
                self.take(Opens::EspTo(spi, address), how)
            }
        }
    }

    /// Takes one of IKEv2: the side, the indexes, how it is authenticated, which
    /// is not verified, and how it is encrypted.
    fn add_ike(&mut self, fields: &str, file: &str, line: usize) -> Result<(), Stop> {
        let mut fields = fields.split([' ', '\t']);
        let mut next = || fields.next();
        let (Some(side), Some(first), Some(second), Some(authentication), Some(how)) =
            (next(), next(), next(), next(), next())
        else {
            return self.warn(format!("print_esp: failed to find all fields for ikev2 at {file}:{line}"));
        };
        let index = |text: &str| text.strip_prefix("0x").filter(|digits| digits.len() == 16).map(octets);
        let (true, Some(ours), Some(theirs)) = (side.starts_with(['I', 'R']), index(first), index(second)) else {
            self.warn(format!("print_esp: line {file}:{line} improperly formatted."))?;
            return self.warn(format!(
                "init={side} icookie={first}({}) rcookie={second}({})",
                first.len(),
                second.len()
            ));
        };
        if !authentication.contains(':') {
            return self.warn(format!("failed to decode espsecret: {authentication}"));
        }
        let mut spis = [0; 16];
        for (to, from) in spis.iter_mut().zip(ours?.into_iter().chain(theirs?)) {
            *to = from;
        }
        self.take(Opens::Ike { initiator: side.starts_with('I'), spis }, how)
    }

    /// Takes an algorithm with its key.
    fn take(&mut self, opens: Opens, how: &str) -> Result<(), Stop> {
        let Some((algorithm, key)) = how.split_once(':') else {
            return self.warn(format!("failed to decode espsecret: {how}"));
        };
        let bare = suffix(algorithm, "-hmac96");
        let authenticated = bare.is_some();
        let bare = bare.unwrap_or(algorithm);
        let bare = suffix(bare, "-cbc").unwrap_or(bare);
        let Some(cipher) = Cipher::from_name(bare) else {
            return self.warn(format!("failed to find cipher algo {bare}"));
        };
        let key = match key.strip_prefix("0x") {
            None => key.as_bytes()[..key.len().min(MAX_KEY)].to_vec(),
            Some(digits) if digits.len() / 2 > MAX_KEY => {
                return self.warn(format!("secret is too big: {}", digits.len() / 2));
            }
            Some(digits) if digits.len() < 2 => return self.warn(format!("failed to decode espsecret: {how}")),
            Some(digits) => octets(digits)?,
        };
        self.found.push(Secret { opens, cipher, authenticated, key });
        Ok(())
    }
}

/// What is before a suffix that is not all.
fn suffix<'t>(text: &'t str, suffix: &str) -> Option<&'t str> {
    text.strip_suffix(suffix).filter(|bare| !bare.is_empty())
}

/// The octets of hexadecimal digits; a last one without a second is left out.
fn octets(digits: &str) -> Result<Vec<u8>, Stop> {
    let digit = |c: char| {
        let digit = c.to_digit(16).map(|digit| digit as u8);
        digit.ok_or_else(|| stop(format!("invalid hex digit {c} in espsecret"), EXIT_HEX))
    };
    let digits: Vec<u8> = digits.chars().map(digit).collect::<Result<_, _>>()?;
    Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
