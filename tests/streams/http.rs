//! `sniff http` on conversations built octet by octet.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::common::Scratch;
use crate::talk::{Talk, capture, printed};

const GET: &str = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello";
/// What `GET` and `OK` print without times.
const LINE: &str = "10.0.0.1:5000 > 10.0.0.2:80 GET http://h/a 200 text/plain 28B>84B ttfb 1.0ms total 1.0ms\n";

/// What `-t` prints.
fn lines(talk: &Talk) -> String {
    talk.prints(&["http", "-t"])
}

#[test]
fn a_transaction_is_a_line_with_the_time_of_its_request() {
    let mut talk = Talk::new();
    talk.client(GET).server(OK);
    assert_eq!(talk.prints(&["http"]), format!("00:00:01.003000 {LINE}"));
    assert_eq!(talk.prints(&["http", "-tt", "port", "80"]), format!("1.003000 {LINE}"));
    assert_eq!(talk.prints(&["http", "-t", "udp"]), "");
}

#[test]
fn http_is_found_by_content_on_any_port_and_other_things_are_not_http() {
    let mut talk = Talk::new().ports(40000, 40001);
    talk.client(GET).server(OK);
    assert!(lines(&talk).starts_with("10.0.0.1:5000 > 10.0.0.2:80 ") || lines(&talk).contains("GET http://h/a 200"));
    let mut talk = Talk::new();
    talk.server("220 mail ESMTP\r\n").client("EHLO there HTTP/9\r\n").client(GET).server(OK);
    assert_eq!(lines(&talk), "");
}

#[test]
fn pipelined_requests_are_paired_in_order_however_they_are_cut() {
    let requests = [GET, "HEAD /b HTTP/1.1\r\nHost: h\r\n\r\n", "GET /c HTTP/1.0\r\n\r\n"].concat();
    let head = "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n";
    let last = "HTTP/1.0 200 OK\r\n\r\nuntil the end";
    let expected = [
        "GET http://h/a 200 text/plain 28B>84B",
        "HEAD http://h/b 204 - 29B>46B",
        "GET http://10.0.0.2:80/c 200 - 19B>32B",
    ];
    for step in [1, 7, 1000] {
        let mut talk = Talk::new();
        for piece in requests.as_bytes().chunks(step) {
            talk.client(piece);
        }
        for piece in [OK, head, last].concat().as_bytes().chunks(step) {
            talk.server(piece);
        }
        talk.close();
        let text = lines(&talk);
        let found: Vec<_> =
            text.lines().map(|line| line.split_once(":80 ").unwrap().1.split_once(" ttfb").unwrap().0).collect();
        assert_eq!(found, expected, "{step}");
        assert!(!text.contains('['), "{text}");
    }
}

#[test]
fn interim_responses_are_not_the_answer() {
    let mut talk = Talk::new();
    talk.client("POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    talk.server("HTTP/1.1 100 Continue\r\n\r\n").client("abc").server(OK);
    let line = "10.0.0.1:5000 > 10.0.0.2:80 POST http://h/p 200 text/plain 73B>84B ttfb 3.0ms total 3.0ms\n";
    assert_eq!(lines(&talk), line);
}

#[test]
fn bodies_are_decoded_and_shown_harmless() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all("tick\n\x1b[31mtock\n".as_bytes()).unwrap();
    let body = encoder.finish().unwrap();
    let mut talk = Talk::new();
    talk.client("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n0\r\nX-T: y\r\n\r\n");
    talk.server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nX: \x1b\u{202e}\r\nTransfer-Encoding: chunked\r\n\r\n");
    for chunk in body.chunks(10) {
        talk.server([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
    }
    talk.server("0\r\n\r\n");
    let text = talk.prints(&["http", "-t", "--body"]);
    let shown: Vec<_> = text.lines().skip(1).collect();
    // A control in the body makes it a dump.
    assert_eq!(shown[0], "\t> a=1");
    assert_eq!(shown[1], "\t< 00000000  74 69 63 6b 0a 1b 5b 33  31 6d 74 6f 63 6b 0a     tick..[31mtock.");
    let verbose = talk.prints(&["http", "-t", "-v"]);
    assert!(verbose.contains("\t< X: \\x1b\\xe2\\x80\\xae\n"), "{verbose}");
    let fields = talk.prints(&["http", "--fields", "http.request.data,http.file_data,http.request.method"]);
    assert_eq!(fields, "a=1\ttick\\n\\x1b[31mtock\\n\tPOST\n");
}

#[test]
fn missing_octets_are_counted_and_the_rest_goes_on() {
    let mut talk = Talk::new();
    talk.client(GET).server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab").lost_by_server(6).server("ij");
    talk.client(GET).client("").client("").client("").server(OK).close();
    let text = lines(&talk);
    let mut rows = text.lines();
    let first = rows.next().unwrap();
    assert!(first.contains("GET http://h/a 200 - 28B>43B") && first.ends_with("[6B missing]"), "{text}");
    assert!(rows.next().unwrap().contains("200 text/plain 28B>84B"), "{text}");
}

#[test]
fn a_connection_without_its_beginning_is_joined_at_the_next_message() {
    let mut talk = Talk::midway();
    talk.server("rest of some body").client(GET).server(OK);
    assert_eq!(lines(&talk), LINE);
    let mut talk = Talk::midway().ports(80, 5000);
    talk.client("rest").client(GET).server(OK);
    assert_eq!(lines(&talk), LINE.replace("10.0.0.1:5000 > 10.0.0.2:80", "10.0.0.1:80 > 10.0.0.2:5000"));
}

#[test]
fn what_did_not_end_says_so() {
    let mut talk = Talk::new();
    talk.client(GET).server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").reset();
    assert!(lines(&talk).ends_with(" [incomplete]\n"));
    let mut talk = Talk::new();
    talk.client(GET).reset();
    assert_eq!(lines(&talk), "10.0.0.1:5000 > 10.0.0.2:80 GET http://h/a - - 28B>- [no response]\n");
}

#[test]
fn json_has_wiresharks_names_and_types() {
    let mut talk = Talk::new();
    talk.client("GET /\u{e4} HTTP/1.1\r\nHost: h\r\nCookie: \"q\"\r\n\r\n").server(OK);
    let text = talk.prints(&["http", "--json", "--body"]);
    let row: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(text.starts_with("{\"sniff\":1,\"frame.time_epoch\":"), "{text}");
    assert_eq!(row["http.request.method"], "GET");
    assert_eq!(row["http.cookie"], "\"q\"");
    assert_eq!(row["http.response.code"], 200);
    assert_eq!(row["http.file_data"], "hello");
    assert_eq!(row["http.time"], 0.001);
    assert_eq!(row["http.response.line"].as_array().unwrap().len(), 2);
    assert!(row.get("ipv6.src").is_none());
}

#[test]
fn unknown_fields_and_csv_without_fields_are_refused() {
    let scratch = Scratch::new();
    scratch.write("f", capture(&[]));
    let ran = scratch.run(&["http", "-r", "f", "--fields", "http.hots"]);
    let said = "sniff: no field 'http.hots' here; did you mean 'http.host'? There are\n  frame.time_epoch ";
    assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
    assert!(ran.stderr.lines().skip(1).all(|line| line.len() <= 80 && line.starts_with("  ")), "{}", ran.stderr);
    assert_eq!(ran.code, Some(1));
    let ran = scratch.run(&["http", "-r", "f", "--csv"]);
    assert_eq!((&*ran.stderr, ran.code), ("sniff: --csv needs --fields\n", Some(1)));
    let ran = scratch.run(&["http", "-r", "f", "-w", "g"]);
    assert!(ran.stderr.ends_with(": invalid option -- 'w'\nsniff http -h lists the options\n"), "{}", ran.stderr);
    let ran = scratch.run(&["http", "-r", "f", "--har", "-"]);
    assert_eq!(ran.stderr, "sniff: --har needs a file; the lines are on standard output\n");
}

#[test]
fn the_archive_holds_what_an_importer_needs() {
    let scratch = Scratch::new();
    let mut talk = Talk::new();
    talk.client("GET /x?a=1 HTTP/1.1\r\nHost: h\r\nCookie: k=v; l=w\r\n\r\n").server(OK);
    talk.client(GET)
        .server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: s=t; Path=/\r\n\r\n\u{80}\u{81}".as_bytes());
    scratch.write("f", capture(&talk.packets));
    printed(&scratch, &["http", "--har", "out.har"]);
    let archive: serde_json::Value = serde_json::from_slice(&scratch.read("out.har")).unwrap();
    let entries = archive["log"]["entries"].as_array().unwrap();
    assert_eq!((&archive["log"]["version"], entries.len()), (&"1.2".into(), 2));
    assert!(archive["log"]["pages"].is_array(), "Firefox needs it");
    let first = &entries[0];
    assert_eq!(first["startedDateTime"], "1970-01-01T00:00:01.003Z");
    assert_eq!(first["request"]["url"], "http://h/x?a=1");
    assert_eq!(first["request"]["queryString"][0]["value"], "1");
    assert_eq!(first["request"]["cookies"][1]["name"], "l");
    assert_eq!(first["response"]["content"]["text"], "hello");
    assert_eq!(first["response"]["content"]["mimeType"], "text/plain; charset=utf-8");
    assert_eq!(first["timings"]["wait"], 1.0);
    assert_eq!(first["serverIPAddress"], "10.0.0.2");
    assert_eq!(entries[1]["response"]["cookies"][0]["value"], "t");
    let ran = scratch.run(&["http", "-r", "f", "--har", "no/such"]);
    assert_eq!((&*ran.stderr, ran.code), ("sniff: no/such: No such file or directory\n", Some(1)));
}
