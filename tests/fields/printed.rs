//! What `--json` and `--fields` print.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{Ran, Scratch, begun, enhanced, interface, option, pcap, reading, section, udp};
use crate::set::named_kind;
use crate::talk::{Talk, capture};

#[test]
fn a_packet_is_an_object_with_typed_values() {
    let scratch = Scratch::new();
    scratch.write("f", pcap(&[udp(b"x")]));
    let ran = scratch.run(&["-r", "f", "--json"]);
    assert_eq!(
        ran.stdout,
        "{\"sniff\":1,\"frame.number\":1,\"frame.time_epoch\":1.000001000,\"frame.time_delta\":0.000000000,\
         \"frame.time_relative\":0.000000000,\"frame.len\":43,\"frame.cap_len\":43,\
         \"frame.protocols\":\"eth:ethertype:ip:udp\",\"eth.dst\":\"02:00:00:00:00:02\",\
         \"eth.src\":\"02:00:00:00:00:01\",\"eth.type\":2048,\"ip.version\":4,\"ip.hdr_len\":20,\"ip.dsfield\":0,\
         \"ip.dsfield.dscp\":0,\"ip.dsfield.ecn\":0,\"ip.len\":29,\"ip.id\":0,\"ip.flags\":0,\"ip.flags.rb\":false,\
         \"ip.flags.df\":false,\"ip.flags.mf\":false,\"ip.frag_offset\":0,\"ip.ttl\":64,\"ip.proto\":17,\
         \"ip.checksum\":0,\"ip.src\":\"10.0.0.1\",\"ip.dst\":\"10.0.0.2\",\"udp.srcport\":1,\"udp.dstport\":2,\
         \"udp.stream\":0,\"udp.time_relative\":0.000000000,\"udp.time_delta\":0.000000000,\"udp.length\":9,\"udp.checksum\":0}\n"
    );
    assert_eq!((ran.stderr, ran.code), (reading("f"), Some(0)));
}

/// Every packet of the golden files and of the captures is a JSON object whose members are
/// registered fields, and the text path prints as many packets.
#[test]
fn every_packet_is_a_valid_object_of_registered_fields() {
    let scratch = Scratch::new();
    let listed = scratch.run(&["fields"]).stdout;
    let listed: HashSet<&str> = listed.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let (mut seen, mut packets) = (HashSet::new(), 0);
    let files = ["golden", "fields/captures"].map(|folder| fs::read_dir(tests.join(folder)).unwrap());
    for path in files.into_iter().flatten().map(|entry| entry.unwrap().path()) {
        if path.extension().is_none_or(|extension| extension != "pcap" && extension != "gz") {
            continue;
        }
        let file = path.to_str().unwrap();
        let ran = scratch.run(&["-r", file, "--json"]);
        assert_eq!(ran.code, Some(0), "{file}: {}", ran.stderr);
        for line in ran.stdout.lines() {
            let object: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{file}: {error}: {line}"));
            seen.extend(object.as_object().unwrap().keys().filter(|key| *key != "sniff").cloned());
        }
        let count = scratch.run(&["-r", file, "--count"]).stdout;
        assert_eq!(count.split_whitespace().next().unwrap(), ran.stdout.lines().count().to_string(), "{file}");
        packets += ran.stdout.lines().count();
    }
    let unknown: Vec<_> = seen.iter().filter(|key| !listed.contains(key.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(packets > 5000 && seen.len() > 2500, "{packets} packets with {} fields", seen.len());
}

#[test]
fn repeats_are_arrays_and_text_is_utf_8() {
    let mut talk = Talk::new();
    talk.client(b"GET /\xff\x1b HTTP/1.1\r\nHost: a\"b\r\nX: 1\r\n\r\n");
    let scratch = Scratch::new();
    scratch.write("f", capture(&talk.packets[3..]));
    let ran = scratch.run(&["-r", "f", "--json"]);
    let object: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(object["http.request.uri"], "/\u{fffd}\u{1b}");
    assert!(!ran.stdout.contains('\u{1b}'));
    assert_eq!(object["http.request.line"], serde_json::json!(["Host: a\"b\r\n", "X: 1\r\n"]));
    assert_eq!((&object["http.request"], &object["tcp.flags.ack"]), (&Value::Bool(true), &Value::Bool(true)));
    assert_eq!(object["frame.protocols"], "eth:ethertype:ip:tcp:http");
}

#[test]
fn fields_are_columns_with_tabs_or_commas() {
    let mut talk = Talk::new();
    talk.client(b"GET /a,\"b\" HTTP/1.0\r\nA: 1\r\n\r\n");
    let scratch = Scratch::new();
    scratch.write("f", capture(&talk.packets[2..]));
    let run = |args: &[&str]| scratch.run(&[&["-r", "f"], args].concat());
    let tabs = run(&["--fields", "tcp.port,http.request.uri, ip.addr,tcp.flags,eth.type,tcp.flags.push"]);
    let expected = "5000,80\t\t10.0.0.1,10.0.0.2\t0x0010\t0x0800\t0\n\
                    5000,80\t/a,\"b\"\t10.0.0.1,10.0.0.2\t0x0010\t0x0800\t0\n";
    assert_eq!(tabs, Ran::new(expected, reading_262144("f"), 0));
    assert_eq!(
        run(&["--csv", "--fields", "http.request.uri,tcp.port"]).stdout,
        ",\"5000,80\"\n\"/a,\"\"b\"\"\",\"5000,80\"\n"
    );
    let again = run(&["--fields", "http.request.uri", "--csv", "--fields", "tcp.port"]);
    assert_eq!(again.stdout, ",\"5000,80\"\n\"/a,\"\"b\"\"\",\"5000,80\"\n");
    let octets: String = b"GET /a,\"b\" HTTP/1.0\r\nA: 1\r\n\r\n".iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(run(&["--fields", "tcp.payload", "ip[2:2] > 40"]).stdout, octets + "\n");
}

fn reading_262144(name: &str) -> String {
    crate::common::reading_as(name, "EN10MB (Ethernet)", 262_144)
}

#[test]
fn an_unknown_field_is_named_with_one_that_is_close() {
    let scratch = Scratch::new();
    scratch.write("f", pcap(&[udp(b"")]));
    let run = |fields: &str| scratch.run(&["-r", "f", "--fields", fields]);
    let near = "sniff: no field 'tcp.srcprt'; did you mean 'tcp.srcport'? sniff fields tcp lists them\n";
    assert_eq!(run("ip.src,tcp.srcprt"), Ran::new("", near, 1));
    assert_eq!(run("nothing"), Ran::new("", "sniff: no field 'nothing'; sniff fields lists them\n", 1));
    let whole = "sniff: 'tcp' is a protocol; sniff fields tcp lists its fields\n";
    assert_eq!(run("tcp"), Ran::new("", whole, 1));
    let empty = "sniff: --fields: name 2 of 'ip.src,,ip.dst' is empty\n";
    assert_eq!(run("ip.src,,ip.dst"), Ran::new("", empty, 1));
    assert_eq!(scratch.run(&["-r", "f", "--csv"]), Ran::new("", "sniff: --csv needs --fields\n", 1));
    let dumps = "sniff: --json and --fields print no dumps: -x, -X and -A cannot be used with them.\n";
    assert_eq!(scratch.run(&["-r", "f", "--json", "-X"]), Ran::new("", dumps, 1));
}

#[test]
fn the_list_has_name_kind_and_meaning() {
    let scratch = Scratch::new();
    let ran = scratch.run(&["fields", "tcp.*port"]);
    let names: Vec<_> = ran.stdout.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>()).collect();
    let expected = ["tcp.dstport", "tcp.options.mptcp.port", "tcp.port", "tcp.srcport"];
    assert_eq!(names, expected.map(|name| [name, "number"]));
    assert!(scratch.run(&["fields"]).stdout.lines().count() > 500);
    assert_eq!(scratch.run(&["fields", "x.*"]), Ran::new("", "sniff: no field matches 'x.*'\n", 1));
    let near = "sniff: no field matches 'tcp.window_siz'; did you mean 'tcp.window_size'?\n";
    assert_eq!(scratch.run(&["fields", "tcp.window_siz"]), Ran::new("", near, 1));
    let unknown = "sniff: unrecognized option '--json'\nsniff fields -h lists the options\n";
    assert_eq!(scratch.run(&["fields", "--json"]), Ran::new("", unknown, 1));
    assert!(scratch.run(&["fields", "-h"]).stdout.starts_with("Usage: sniff fields"));
    // A protocol's name stands for its fields; case does not matter.
    assert_eq!(scratch.run(&["fields", "UDP"]).stdout, scratch.run(&["fields", "udp.*"]).stdout);
    assert!(scratch.run(&["fields", "udp"]).stdout.lines().all(|line| line.starts_with("udp.")));
}

#[test]
fn the_protocols_are_those_that_conditions_take() {
    let scratch = Scratch::new();
    scratch.write("f", pcap(&[udp(b"x")]));
    let list = scratch.run(&["fields", "--protocols"]).stdout;
    let names: Vec<_> = list.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert!(names.is_sorted() && names.len() > 80, "{names:?}");
    for name in names {
        let ran = scratch.run(&["-r", "f", "--where", name, "--count"]);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.stderr);
    }
    assert_eq!(scratch.run(&["fields", "--protocols", "udp*"]).stdout, "udp                  8 fields\n");
    assert_eq!(scratch.run(&["fields", "--protocols", "x"]), Ran::new("", "sniff: no protocol matches 'x'\n", 1));
}

#[test]
fn the_frame_has_its_interface_and_its_place_in_the_input() {
    let scratch = Scratch::new();
    let named = interface(1, 65535, &option(2, b"veth0"));
    let file = [section((1, 0)), named, enhanced(0, 1_000_000, &udp(b"")), enhanced(0, 3_500_000, &udp(b"y"))].concat();
    scratch.write("f", file);
    let fields = "frame.number,frame.time_delta,frame.time_relative,frame.interface_id,frame.interface_name";
    let ran = scratch.run(&["-r", "f", "--fields", fields, "greater 43"]);
    assert_eq!(ran.stdout, "2\t2.500000000\t2.500000000\t0\tveth0\n");
    scratch.write("g", [begun(), enhanced(0, 1, &udp(b""))].concat());
    assert_eq!(scratch.run(&["-r", "g", "--fields", fields]).stdout, "1\t0.000000000\t0.000000000\t\t\n");
    // A second file goes on where the first ended, be it older, as in what mergecap -a makes of both.
    scratch.write("list", "f\nf\n");
    let ran = scratch.run(&["-V", "list", "--fields", "frame.number,frame.time_delta,frame.time_relative"]);
    let expected = "1\t0.000000000\t0.000000000\n2\t2.500000000\t2.500000000\n\
                    3\t-2.500000000\t0.000000000\n4\t2.500000000\t2.500000000\n";
    assert_eq!(ran.stdout, expected);
}

#[test]
fn a_frame_without_octets_has_fields_of_its_own() {
    let scratch = Scratch::new();
    scratch.write("f", pcap(&[vec![]]));
    let ran = scratch.run(&["-r", "f", "--fields", "frame.number,frame.len,frame.protocols"]);
    assert_eq!((&*ran.stdout, ran.code), ("1\t0\t\n", Some(0)));
}

/// `as_tshark.txt` is what tshark 4.0 prints of captures: under `### CAPTURE PACKETS FIELDS`
/// a line for each of the first packets, or of those that a condition chooses.
#[test]
fn common_fields_have_the_values_that_tshark_prints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let text = fs::read_to_string(folder.join("fields/as_tshark.txt")).unwrap();
    let mut compared = HashSet::new();
    for section in text.split("### ").skip(1) {
        let (head, expected) = section.split_once('\n').unwrap();
        let [capture, packets, fields] = head.split(' ').collect::<Vec<_>>()[..] else { panic!("{head}") };
        let path = folder.join(capture);
        let chosen = if packets.parse::<u32>().is_ok() { "-c" } else { "--where" };
        let mut args = vec!["-n", "-r", path.to_str().unwrap(), chosen, packets, "--fields", fields];
        args.extend(named_kind(&path).into_iter().flat_map(|kind| ["-T", kind]));
        let ran = Scratch::new().run(&args);
        assert_eq!(ran.stdout.lines().count(), expected.lines().count(), "{capture}: {}", ran.stderr);
        for (number, (ours, theirs)) in ran.stdout.lines().zip(expected.lines()).enumerate() {
            for (name, (ours, theirs)) in fields.split(',').zip(ours.split('\t').zip(theirs.split('\t'))) {
                assert_eq!(ours, theirs, "{name} of packet {} of {capture}", number + 1);
                compared.insert(name);
            }
        }
    }
    assert!(compared.len() >= 1500, "{} fields", compared.len());
}
