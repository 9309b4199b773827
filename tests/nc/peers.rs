//! OpenBSD's nc and ncat at the other end.

use super::place;
use crate::common::{Ran, installed};

#[test]
fn nc_and_ncat_understand_and_are_understood() {
    let Some(place) = place() else { return };
    for (program, listen, send) in [
        ("nc", &["-lvn", "127.0.0.1", "7000"][..], &["-N", "127.0.0.1", "7000"][..]),
        ("ncat", &["-lvn", "127.0.0.1", "7000"], &["--send-only", "127.0.0.1", "7000"]),
    ] {
        if !installed(program) {
            eprintln!("skipped: {program} is missing");
            continue;
        }
        let server = place.serve(place.command(program, listen));
        let ran = place.feed(place.nc(&["-N", "127.0.0.1", "7000"]), b"to it");
        assert_eq!(Ran::from(ran), Ran::new("", "", 0), "{program}");
        assert_eq!(server.end().stdout, "to it", "{program}");
        let server = place.serve(place.nc(&["-lvn", "127.0.0.1", "7000"]));
        let ran = place.feed(place.command(program, send), b"from it");
        assert_eq!(ran.status.code(), Some(0), "{program}");
        assert_eq!(server.end().stdout, "from it", "{program}");
    }
}
