//! Every listed field is set by some packet.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{Ran, Scratch, pcap, reading};

/// The captures, each with the kinds of packets that `-T` says for some runs over it:
/// a golden text has the options that its capture is printed with, and `x.rpc.pcap.gz`
/// is for `-T rpc`.
fn captures() -> Vec<(PathBuf, BTreeSet<String>)> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folders = ["golden", "fields/captures", "streams/recorded"].map(|folder| tests.join(folder));
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.to_str().unwrap().contains(".pcap"));
    paths.map(|path| (kinds(&path), path)).map(|(kinds, path)| (path, kinds)).collect()
}

/// The kind that a capture's name says.
pub fn named_kind(capture: &Path) -> Option<&str> {
    Some(capture.file_name()?.to_str()?.strip_suffix(".pcap.gz")?.split_once('.')?.1)
}

fn kinds(capture: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(capture.with_extension("txt")).unwrap_or_default();
    let heads = text.lines().filter(|line| line.starts_with("### "));
    let printed = heads.filter_map(|head| head.split_once("-T ")?.1.split(' ').next());
    printed.chain(named_kind(capture)).map(str::to_owned).collect()
}

/// A condition with the largest value of each field is no error: none is said to be
/// more than the field's width holds.
#[test]
fn what_packets_have_can_be_asked_for() {
    let scratch = Scratch::new();
    let mut largest = BTreeMap::new();
    for (capture, _) in captures() {
        for line in scratch.run(&["-n", "-r", capture.to_str().unwrap(), "--json"]).stdout.lines() {
            let object: BTreeMap<String, Value> = serde_json::from_str(line).unwrap();
            for (name, value) in object {
                let values = value.as_array().cloned().unwrap_or(vec![value]);
                let number = values.iter().filter_map(Value::as_u64).max();
                let number = number.into_iter().chain(largest.get(&name).copied()).max();
                largest.extend(number.map(|number| (name, number)));
            }
        }
    }
    largest.remove("sniff");
    assert!(largest.len() > 2000, "{}", largest.len());
    let tests: Vec<_> = largest.iter().map(|(name, number)| format!("{name} == {number}")).collect();
    scratch.write("f", pcap(&[]));
    // A condition has at most 200 tests.
    for tests in tests.chunks(90) {
        assert_eq!(scratch.run(&["-r", "f", "--where", &tests.join(" || ")]), Ran::new("", reading("f"), 0));
    }
}

#[test]
fn every_listed_field_is_set_by_a_packet_of_a_capture() {
    let scratch = Scratch::new();
    let listed = scratch.run(&["fields"]).stdout;
    let mut left: BTreeSet<&str> = listed.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    for (capture, kinds) in captures() {
        let with = kinds.iter().map(|kind| vec!["-T", kind]);
        for options in [vec![]].into_iter().chain(with) {
            if left.is_empty() {
                return;
            }
            // A column is empty where no packet has the field; all columns, with groups and payloads.
            let names: Vec<_> = left.iter().copied().collect();
            let (capture, columns) = (capture.to_str().unwrap(), names.join(","));
            let ran = scratch.run(&[&options[..], &["-n", "-r", capture, "--fields", &columns]].concat());
            assert_eq!(ran.code, Some(0), "{capture}: {}", ran.stderr);
            for row in ran.stdout.lines() {
                for (name, value) in names.iter().zip(row.split('\t')) {
                    if !value.is_empty() {
                        left.remove(name);
                    }
                }
            }
        }
    }
    assert!(left.is_empty(), "{} fields are set by no packet: {left:?}", left.len());
}

#[test]
fn every_protocol_that_has_fields_is_on_the_page_of_protocols() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/protocols.md")).unwrap();
    let list = Scratch::new().run(&["fields", "--protocols"]).stdout;
    let names = list.lines().map(|line| line.split_whitespace().next().unwrap());
    // By its own name, or by that of its dissector.
    let missing: Vec<_> = names
        .filter(|name| *name != "frame" && !page.contains(&format!("`{name}`")) && !page.contains(&format!("/{name}`")))
        .collect();
    assert!(missing.is_empty(), "docs/protocols.md does not tell {missing:?}");
}
