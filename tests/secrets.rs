//! The secrets of `-E` and `-M`.

mod common;

use common::{Ran, Scratch, ip, pcap, reading};

/// A folder with `f`: an ESP packet.
fn esp() -> Scratch {
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0];
    // No whole blocks, so that nothing is decrypted.
    frame.extend(ip(&[0; 33]));
    // The protocol, and the index where UDP has its ports.
    frame[14 + 9] = 50;
    frame[34..42].copy_from_slice(&[0x12, 0x34, 0x56, 0x78, 0, 0, 0, 1]);
    let scratch = Scratch::new();
    scratch.write("f", pcap(&[frame]));
    scratch
}

const LINE: &str = "IP 10.0.0.1 > 10.0.0.2: ESP(spi=0x12345678,seq=0x1), length 41\n";

#[test]
fn secrets_that_make_no_sense_are_passed_over() {
    let long = format!("3des:0x{}", "ab".repeat(300));
    let rows: &[(&str, &[&str])] = &[
        ("", &[]),
        ("3des-cbc-hmac96:a key", &["print_esp: failed to decode spi# 3des-cbc-hmac96:a"]),
        ("3des-cbc-hmac96:key", &[]),
        ("0x12345678@10.0.0.2 DES-EDE3-CBC:0x0123456789abcdef", &[]),
        ("010@fe80::1\taes256:key", &[]),
        ("3des:a,", &[]),
        (",3des:a", &["failed to decode espsecret: "]),
        ("3des:a,foo:b\nbar-hmac96:c", &["failed to find cipher algo foo", "failed to find cipher algo bar"]),
        ("nokey", &["failed to decode espsecret: nokey"]),
        ("file", &["failed to decode espsecret: file"]),
        (":", &["failed to find cipher algo "]),
        ("-cbc:k", &["failed to find cipher algo -cbc"]),
        ("des-hmac96-cbc:k", &["failed to find cipher algo des-hmac96"]),
        ("1@10.0.0.2  3des:k", &["failed to find cipher algo  3des"]),
        ("zz@10.0.0.2 3des:k", &["print_esp: failed to decode spi# zz"]),
        ("@10.0.0.2 3des:k", &["print_esp: failed to decode spi# "]),
        ("1@host.invalid 3des:k", &["print_esp: can not decode IP# host.invalid"]),
        ("0x12345678@10.0.0.2des:k", &["failed to find cipher algo 0x12345678@10.0.0.2des"]),
        ("3des:0x1", &["failed to decode espsecret: 3des:0x1"]),
        (&long, &["secret is too big: 300"]),
    ];
    let scratch = esp();
    for (secrets, warnings) in rows {
        let ran = scratch.run(&["-nt", "-r", "f", "-E", secrets]);
        let warnings: String = warnings.iter().map(|text| format!("sniff: WARNING: {text}\n")).collect();
        assert_eq!(ran, Ran::new(LINE, warnings + &reading("f"), 0), "{secrets}");
    }
}

#[test]
fn secrets_come_from_a_file_too() {
    let scratch = esp();
    scratch.write("secrets", "# of the lab\n\n0x12345678@10.0.0.2 3des-cbc:a,b\n3des:0xff\nbad line\n");
    for option in ["file secrets", "FILE\tsecrets"] {
        let ran = scratch.run(&["-nt", "-r", "f", "-E", option]);
        let warning = "sniff: WARNING: print_esp: failed to decode spi# bad\n".to_owned();
        assert_eq!(ran, Ran::new(LINE, warning + &reading("f"), 0));
    }
    scratch.write("large", vec![b'#'; (1 << 20) + 1]);
    let rows = [
        ("file none", "none: No such file or directory"),
        ("file ", ": No such file or directory"),
        ("File  secrets", " secrets: No such file or directory"),
        ("file .", ".: Is a directory"),
        ("file large", "large: File too large"),
    ];
    for (option, reason) in rows {
        let ran = scratch.run(&["-nt", "-r", "f", "-E", option]);
        let error = format!("sniff: esp_print_decode_onesecret: can't open {reason}\n");
        assert_eq!(ran, Ran::new("", error, 13), "{option}");
    }
    scratch.write("many", "3des:k\n".repeat(5000));
    let ran = scratch.run(&["-nt", "-r", "f", "-E", "file many"]);
    assert_eq!(ran, Ran::new("", "sniff: more than 4096 secrets of -E\n", 13));
}

#[test]
fn a_key_that_is_not_hexadecimal_ends_the_run() {
    let scratch = esp();
    scratch.write("secrets", "3des:0x12\n3des:0x1z\n");
    for option in ["3des:0xzz", "3des:0x12z", "3des:k,1@10.0.0.2 des:0x0z", "file secrets"] {
        let ran = scratch.run(&["-nt", "-r", "f", "-E", option]);
        assert_eq!(ran, Ran::new("", "sniff: invalid hex digit z in espsecret\n", 15), "{option}");
    }
}

#[test]
fn the_last_secret_of_signatures_counts() {
    let scratch = Scratch::new();
    let capture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/tcp-md5.pcap");
    let signed = |args: &[&str]| {
        let ran = scratch.run(&[&["-nt", "-c1", "-r", capture], args].concat());
        ran.stdout.split("md5 ").nth(1).unwrap().split(']').next().unwrap().to_owned()
    };
    assert_eq!(signed(&["-M", "other", "-M", "secret"]), "valid");
    assert_eq!(signed(&["-M", "secret", "-M", ""]), " (invalid)");
    assert_eq!(signed(&[]), "shared secret not supplied with -M, can't check - 4507d11625e75ebfa9d6beaf43001593");
}

#[test]
fn secrets_open_packets_by_index_and_destination() {
    let scratch = Scratch::new();
    let capture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/esp_secrets.pcap");
    std::fs::copy(capture, scratch.path().join("f")).unwrap();
    // Keys that count up from zero, with the salt "salt" where there is one.
    let key = |octets: u8| (0..octets).map(|octet| format!("{octet:02x}")).collect::<String>();
    let secrets = [
        format!("1@10.1.1.2 3des-cbc-hmac96:0x{}", key(24)),
        format!("2@10.1.1.2 aes128-cbc-hmac96:0x{}", key(16)),
        format!("3@10.1.1.2 aes192-cbc:0x{}", key(24)),
        format!("4@10.1.1.2 aes256-cbc-hmac96:0x{}", key(32)),
        format!("5@10.1.1.2 des-cbc:0x{}", key(8)),
        format!("6@10.1.1.2 blowfish-cbc:0x{}", key(16)),
        format!("7@10.1.1.2 cast5-cbc:0x{}", key(16)),
        "8@10.1.1.2 none:-".to_owned(),
        format!("2@ff02::5 aes128-cbc-hmac96:0x{}", key(16)),
        format!("16@10.1.1.2 aes128gcm16:0x{}73616c74", key(16)),
        format!("17@10.1.1.2 aes-192-gcm12:0x{}73616c74", key(24)),
        format!("18@10.1.1.2 aes256gcm8:0x{}73616c74", key(32)),
    ];
    let ran = scratch.run(&["-nt", "-r", "f", "-E", &secrets.join(",")]);
    let opened = "IP 10.1.1.1.1234 > 10.1.1.2.5000: UDP, length 4";
    let esp = |spi: u32, length: u32| format!("IP 10.1.1.1 > 10.1.1.2: ESP(spi=0x{spi:08x},seq=0x1), length {length}");
    let mut lines: Vec<String> = [(1, 68), (2, 84), (3, 72), (4, 84), (5, 56), (6, 56), (7, 56), (8, 44)]
        .map(|(spi, length)| format!("{}: {opened}", esp(spi, length)))
        .into();
    lines.push(esp(4, 68) + ": 80 > 1234: Flags [P.], seq 1000:1005, ack 2000, win 500, length 5: HTTP");
    lines.push(esp(0x63, 84));
    lines.push(format!("IP6 fe80::1 > ff02::5: ESP(spi=0x00000002,seq=0x1), length 84: {opened}"));
    lines
        .push(format!("IP 10.1.1.1.4500 > 10.1.1.2.4500: UDP-encap: ESP(spi=0x00000002,seq=0x1), length 84: {opened}"));
    lines.push(format!("{}: ESP(spi=0x00000003,seq=0x1), length 72: {opened}", esp(2, 116)));
    lines.push(esp(2, 11) + " [|esp]");
    // A header that nothing follows is cut, as one that is not whole.
    lines.push("IP 10.1.1.1 > 10.1.1.2:  [|esp]".to_owned());
    lines.push("IP 10.1.1.1 > 10.1.1.2:  [|esp]".to_owned());
    lines.extend([(0x10, 68), (0x11, 64), (0x12, 60)].map(|(spi, length)| format!("{}: {opened}", esp(spi, length))));
    assert_eq!(ran.stdout, lines.join("\n") + "\n");
}

#[test]
fn secrets_of_ike_that_cannot_be_used_are_told() {
    let scratch = Scratch::new();
    scratch.write("f", pcap(&[]));
    let first = "0x0000000000000001";
    for (secret, told) in [
        (
            format!("ikev2 I {first} 0x02 sha1:0x00 3des:0x00"),
            format!(
                "sniff: WARNING: print_esp: line cmdline:0 improperly formatted.\n\
                 sniff: WARNING: init=I icookie={first}(18) rcookie=0x02(4)\n"
            ),
        ),
        (
            format!("ikev2 I {first} {first}"),
            "sniff: WARNING: print_esp: failed to find all fields for ikev2 at cmdline:0\n".to_owned(),
        ),
        (
            format!("ikev2 R {first} {first} sha1 3des:0x00"),
            "sniff: WARNING: failed to decode espsecret: sha1\n".to_owned(),
        ),
    ] {
        let ran = scratch.run(&["-n", "-r", "f", "-E", &secret]);
        assert_eq!(ran, Ran::new("", told + &reading("f"), 0), "{secret}");
    }
    scratch.write("keys", format!("# keys\n\nikev2 X {first} {first} sha1:0x00 3des:0x00\n"));
    let ran = scratch.run(&["-n", "-r", "f", "-E", "file keys"]);
    assert!(ran.stderr.contains("print_esp: line keys:3 improperly formatted."), "{ran:?}");
}
