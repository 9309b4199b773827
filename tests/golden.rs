//! Every capture under `tests/golden` prints the text beside it. A text file
//! has a section for each set of options, headed `### OPTIONS`, which spaces
//! part; names of files are of this folder.

use std::path::Path;
use std::process::Command;
use std::{fs, str};

#[test]
fn captures_print_the_text_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut texts: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    texts.sort();
    assert!(!texts.is_empty());
    let mut failed = Vec::new();
    for text in texts {
        let capture = ["pcap", "pcapng"].map(|e| text.with_extension(e)).into_iter().find(|p| p.exists());
        let capture = capture.unwrap_or_else(|| panic!("no capture for {}", text.display()));
        for section in fs::read_to_string(&text).unwrap().split("### ").skip(1) {
            let (args, expected) = section.split_once('\n').unwrap();
            let run = Command::new(env!("CARGO_BIN_EXE_sniff"))
                .args(args.split(' '))
                .arg("-r")
                .arg(&capture)
                .env("TZ", "UTC")
                .current_dir(&folder)
                .output()
                .unwrap();
            let printed = str::from_utf8(&run.stdout).expect("text");
            if printed != expected {
                let differs = expected.lines().zip(printed.lines()).find(|(want, got)| want != got);
                failed.push(format!("{} {args}: {differs:#?}", text.display()));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// A protocol's page says which captures test it; none is forgotten there.
#[test]
fn every_capture_is_on_the_page_of_protocols() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/protocols.md")).unwrap();
    for entry in fs::read_dir(root.join("tests/golden")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(page.contains(&format!("`{name}`")), "{name}");
        }
    }
}
