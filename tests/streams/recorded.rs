//! Every capture under `recorded` prints the text beside it. A text file has a
//! section for each set of options, headed `### VERB OPTIONS`.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn captures_print_the_text_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams/recorded");
    let paths = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut texts: Vec<_> = paths.filter(|path| path.extension().is_some_and(|extension| extension == "txt")).collect();
    texts.sort();
    assert!(texts.len() > 5);
    for text in texts {
        let capture =
            ["pcap.gz", "pcapng.gz"].map(|e| text.with_extension(e)).into_iter().find(|p| p.exists()).unwrap();
        for section in fs::read_to_string(&text).unwrap().split("### ").skip(1) {
            let (args, expected) = section.split_once('\n').unwrap();
            let (verb, rest) = args.split_once(' ').unwrap_or((args, ""));
            let run = Command::new(env!("CARGO_BIN_EXE_sniff"))
                .arg(verb)
                .arg("-r")
                .arg(&capture)
                .args(rest.split_whitespace())
                .current_dir(&folder)
                .env("TZ", "UTC")
                .output()
                .unwrap();
            let printed = String::from_utf8(run.stdout).expect("text");
            let differs = expected.lines().zip(printed.lines()).find(|(want, got)| want != got);
            assert_eq!(printed.lines().count(), expected.lines().count(), "{} {args}: {differs:#?}", text.display());
            assert!(differs.is_none(), "{} {args}: {differs:#?}", text.display());
        }
    }
}
