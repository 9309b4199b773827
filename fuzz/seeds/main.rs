//! Writes the packets of the tests' captures as the first inputs of the fuzzer: an
//! octet for the link type, one for the options, one for `-T`, and the packet.

use std::error::Error;
use std::fs;
use std::path::Path;

use sniff_captures::file;
use sniff_dissectors::{PacketType, has_printer};

/// `-vvv -e`, and with fields.
const OPTIONS: [u8; 2] = [3 | 8, 3 | 0x40];
/// No `-T`.
const NO_TYPE: u8 = u8::MAX;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = root.join("corpus/frame");
    fs::create_dir_all(&corpus)?;
    let links: Vec<u16> = (0..=300).filter(|&link| has_printer(link)).collect();
    for folder in ["../tests/golden", "../tests/fields/captures"] {
        for entry in fs::read_dir(root.join(folder))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !name.contains(".pcap") {
                continue;
            }
            // A capture may be named for what `-T` must say.
            let kind = PacketType::ALL.iter().position(|row| name.contains(row.0)).map_or(NO_TYPE, |at| at as u8);
            let mut number = 0;
            file::each_packet(&path, |packet, interface| {
                let Some(link) = links.iter().position(|&link| link == interface.link) else { return };
                for (way, options) in OPTIONS.into_iter().enumerate() {
                    let input = [&[link as u8, options, if way == 0 { NO_TYPE } else { kind }], packet.data].concat();
                    if let Err(error) = fs::write(corpus.join(format!("{name}-{number}-{way}")), input) {
                        eprintln!("{name}: {error}");
                    }
                }
                number += 1;
            })?;
        }
    }
    Ok(())
}
