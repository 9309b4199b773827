//! Secrets of TLS connections, as `SSLKEYLOGFILE` holds them (draft-ietf-tls-keylogfile), from a
//! file that may grow and from the blocks of a pcapng file.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use foldhash::{HashMap, HashMapExt};

/// Connections whose secrets are kept.
const MAX_CONNECTIONS: usize = 1 << 20;
/// Octets of one line.
const MAX_LINE: usize = 1024;
/// Octets of a secret.
const MAX_SECRET: usize = 64;

const DECRYPTION_SECRETS: u32 = 10;
/// `TLSK`, the type of secrets in the format of a key log.
const TLS_KEY_LOG: u32 = 0x544c_534b;

/// The secrets of one connection.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// The master secret of versions before TLS 1.3.
    pub master: Option<Vec<u8>>,
    /// The traffic secret of early data, which only clients send.
    pub early: Option<Vec<u8>>,
    /// Handshake traffic secrets of the client and the server.
    pub handshake: [Option<Vec<u8>>; 2],
    /// Application traffic secrets of the client and the server.
    pub traffic: [Option<Vec<u8>>; 2],
}

/// A growing file.
struct Log {
    path: PathBuf,
    file: BufReader<File>,
    position: u64,
}

/// All secrets that are known, by the client's random octets.
#[derive(Default)]
pub struct Keys {
    log: Option<Log>,
    known: HashMap<[u8; 32], Secrets>,
}

impl Keys {
    /// The secrets in a file, or none yet.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn new(path: Option<&Path>) -> Result<Self, String> {
        let mut keys = Keys { log: None, known: HashMap::new() };
        if let Some(path) = path {
            let file = File::open(path).map_err(|error| failure(path, &error))?;
            keys.log = Some(Log { path: path.into(), file: BufReader::new(file), position: 0 });
            keys.read()?;
        }
        Ok(keys)
    }

    /// Whether there are any, or may be.
    pub fn any(&self) -> bool {
        self.log.is_some() || !self.known.is_empty()
    }

    /// The secrets of the connection that began with these octets.
    pub fn get(&mut self, random: &[u8; 32]) -> Option<&Secrets> {
        if !self.known.contains_key(random) {
            // A file that cannot be read any more has no more secrets.
            let _ = self.read();
        }
        self.known.get(random)
    }

    /// Looks again for secrets of a connection of which some are missing.
    pub fn refresh(&mut self) {
        let _ = self.read();
    }

    /// Reads what was added to the file; a line that is not whole waits.
    fn read(&mut self) -> Result<(), String> {
        let Some(log) = &mut self.log else { return Ok(()) };
        let path = log.path.clone();
        let failed = |error: std::io::Error| failure(&path, &error);
        if log.file.get_ref().metadata().map_err(failed)?.len() <= log.position {
            return Ok(());
        }
        log.file.seek(SeekFrom::Start(log.position)).map_err(failed)?;
        let mut line = Vec::new();
        while log.file.read_until(b'\n', &mut line).map_err(failed)? > 0 && line.ends_with(b"\n") {
            log.position += line.len() as u64;
            add(&mut self.known, &line);
            line.clear();
        }
        Ok(())
    }

    /// Takes the secrets of a pcapng block (draft-ietf-opsawg-pcapng, section 4.7).
    pub fn block(&mut self, block: &[u8]) {
        let Some(words) = block.first_chunk::<16>() else { return };
        for order in [u32::from_le_bytes, u32::from_be_bytes] {
            let word = |at: usize| order([words[at], words[at + 1], words[at + 2], words[at + 3]]);
            if word(0) == DECRYPTION_SECRETS && word(8) == TLS_KEY_LOG {
                let rest = &block[16..];
                let text = &rest[..rest.len().min(word(12) as usize)];
                text.split(|&octet| octet == b'\n').for_each(|line| add(&mut self.known, line));
            }
        }
    }
}

fn failure(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {}", path.display(), crate::pipeline::reason(error))
}

/// Takes a line: label, random octets, secret.
fn add(known: &mut HashMap<[u8; 32], Secrets>, line: &[u8]) {
    let line = std::str::from_utf8(&line[..line.len().min(MAX_LINE)]).unwrap_or_default();
    let mut words = line.split_ascii_whitespace();
    let (Some(label), Some(random), Some(secret)) = (words.next(), words.next(), words.next()) else { return };
    let (Some(random), Some(secret)) = (octets(random), octets(secret)) else { return };
    let Ok(random) = <[u8; 32]>::try_from(random) else { return };
    if secret.is_empty()
        || secret.len() > MAX_SECRET
        || (known.len() >= MAX_CONNECTIONS && !known.contains_key(&random))
    {
        return;
    }
    let secrets = known.entry(random).or_default();
    match label {
        "CLIENT_RANDOM" => secrets.master = Some(secret),
        "CLIENT_EARLY_TRAFFIC_SECRET" => secrets.early = Some(secret),
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET" => secrets.handshake[0] = Some(secret),
        "SERVER_HANDSHAKE_TRAFFIC_SECRET" => secrets.handshake[1] = Some(secret),
        "CLIENT_TRAFFIC_SECRET_0" => secrets.traffic[0] = Some(secret),
        "SERVER_TRAFFIC_SECRET_0" => secrets.traffic[1] = Some(secret),
        _ => {}
    }
}

fn octets(hex: &str) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) || !hex.is_ascii() {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::{env, fs, process};

    use super::*;

    #[test]
    fn a_key_log_may_grow_between_lines() {
        let path = env::temp_dir().join(format!("sniff-keys-{}", process::id()));
        let random = "ab".repeat(32);
        let mut file = File::create(&path).unwrap();
        write!(file, "# comment\nCLIENT_RANDOM {random} 00").unwrap();
        let mut keys = Keys::new(Some(&path)).unwrap();
        assert!(keys.get(&[0xab; 32]).is_none(), "the line is not whole");
        writeln!(file, "11").unwrap();
        assert_eq!(keys.get(&[0xab; 32]).unwrap().master, Some(vec![0, 0x11]));
        writeln!(file, "SERVER_TRAFFIC_SECRET_0 {random} 22\nnonsense\nCLIENT_RANDOM xx yy").unwrap();
        keys.refresh();
        assert_eq!(keys.get(&[0xab; 32]).unwrap().traffic, [None, Some(vec![0x22])]);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn pcapng_blocks_hold_secrets() {
        let text = format!("CLIENT_RANDOM {} 33\n", "cd".repeat(32));
        let mut block = Vec::new();
        for word in [10, 0, TLS_KEY_LOG, text.len() as u32] {
            block.extend(word.to_le_bytes());
        }
        block.extend(text.as_bytes());
        let mut keys = Keys::default();
        keys.block(&block);
        assert_eq!(keys.get(&[0xcd; 32]).unwrap().master, Some(vec![0x33]));
    }
}
