//! Writes the packets of the golden captures as the first inputs of the fuzzer:
//! an octet for the link type, one for the options, and the packet.

use std::error::Error;
use std::fs;
use std::path::Path;

use sniff_captures::file;
use sniff_dissectors::has_printer;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = root.join("corpus/frame");
    fs::create_dir_all(&corpus)?;
    let links: Vec<u16> = (0..=300).filter(|&link| has_printer(link)).collect();
    for entry in fs::read_dir(root.join("../tests/golden"))? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "pcap" && extension != "pcapng") {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut number = 0;
        file::each_packet(&path, |packet, interface| {
            let Some(link) = links.iter().position(|&link| link == interface.link) else { return };
            // All that is printed with -vvv and -e.
            let input = [&[link as u8, 3 | 8], packet.data].concat();
            number += 1;
            if let Err(error) = fs::write(corpus.join(format!("{name}-{number}")), input) {
                eprintln!("{name}: {error}");
            }
        })?;
    }
    Ok(())
}
