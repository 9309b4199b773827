//! TLS, with OpenSSL, ncat and itself at the other end.

use std::process::Stdio;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

use super::{Place, place};
use crate::common::{Ran, has};

/// A place with a certificate, `c.pem` and `k.pem`, for localhost.
fn secure() -> Option<Place> {
    if !has("openssl") {
        return None;
    }
    let place = place()?;
    let names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
    let args = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "k.pem",
        "-out",
        "c.pem",
        "-days",
        "30",
        "-subj",
        "/CN=localhost",
        "-addext",
        names,
    ];
    let made = place.command("openssl", &args).stderr(Stdio::null()).status().unwrap();
    made.success().then_some(place)
}

#[test]
fn both_ends_are_this_program_and_nothing_is_lost() {
    let Some(place) = secure() else { return };
    let there: Vec<u8> = (0..3_000_017_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    place.scratch.write("there", &there);
    let input = std::fs::File::open(place.scratch.path().join("there")).unwrap();
    let args = ["-lNv", "--tls", "--cert", "c.pem", "--key", "k.pem", "--keylog", "keys", "127.0.0.1", "7000"];
    let server = place.serve_fed(place.nc(&args), input.into());
    let output = place.feed(place.nc(&["-Nv", "--tls", "--ca", "c.pem", "localhost", "7000"]), b"a question");
    assert!(output.stdout == there);
    let said = String::from_utf8(output.stderr).unwrap();
    for line in ["TLSv1.3 TLS13_", "certificate 0: CN=localhost", "  names: localhost, 127.0.0.1", "  SHA-256: "] {
        assert!(said.contains(line), "{said}");
    }
    assert_eq!((output.status.code(), said.contains("not verified")), (Some(0), false));
    assert_eq!(server.end().stdout, "a question");
    assert!(place.scratch.read("keys").starts_with(b"CLIENT_HANDSHAKE_TRAFFIC_SECRET "));
}

#[test]
fn a_certificate_that_is_not_trusted_ends_the_handshake() {
    let Some(place) = secure() else { return };
    // A listener without a certificate makes one up.
    let server = place.serve(place.nc(&["-lkvn", "--tls", "127.0.0.1", "7000"]));
    let ran = place.run(&["--tls", "-n", "127.0.0.1", "7000"]);
    assert_eq!(ran.code, Some(7), "{ran:?}");
    assert!(ran.stderr.starts_with("nc: TLS handshake with 127.0.0.1 port 7000 (tcp) failed: "), "{ran:?}");
    let ran = place.run(&["--tls", "--no-verify", "-vnNw2", "127.0.0.1", "7000"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("not verified: "), "{ran:?}");
    // No TLS there, and an answer that never comes.
    server.stop();
    let _server = place.serve(place.nc(&["-lkvn", "127.0.0.1", "7001"]));
    let ran = place.run(&["--tls", "-w1", "-n", "127.0.0.1", "7001"]);
    assert_eq!(ran, Ran::new("", "nc: TLS handshake with 127.0.0.1 port 7001 (tcp) timed out\n", 2));
}

#[test]
fn openssl_understands_and_is_understood() {
    let Some(place) = secure() else { return };
    let server = "echo Listening on >&2; exec openssl s_server -accept 127.0.0.1:7000 -cert c.pem -key k.pem -www -quiet -naccept 3";
    let server = place.serve(place.command("bash", &["-c", server]));
    // It says so before it does so.
    while place.run(&["-zn", "127.0.0.1", "7000"]).code != Some(0) {}
    let ran = place.feed(place.nc(&["--tls", "--ca", "c.pem", "localhost", "7000"]), b"GET / HTTP/1.0\r\n\r\n");
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(text.starts_with("HTTP/1.0 200 ok"), "{text} {ran:?}");
    server.stop();
    for args in [["-tls1_2"], ["-tls1_3"]] {
        let server =
            place.serve(place.nc(&["-lvn", "--tls", "--cert", "c.pem", "--key", "k.pem", "127.0.0.1", "7001"]));
        let client = format!(
            "printf hello | openssl s_client -connect 127.0.0.1:7001 -CAfile c.pem -verify_return_error {} -no_ign_eof",
            args[0]
        );
        place.command("bash", &["-c", &client]).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert_eq!(server.end().stdout, "hello", "{args:?}");
    }
}

#[test]
fn curl_and_ncat_understand() {
    let Some(place) = secure() else { return };
    let listen = ["-lvn", "--tls", "--cert", "c.pem", "--key", "k.pem", "127.0.0.1", "7000"];
    if has("curl") {
        place.scratch.write("answer", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        let input = std::fs::File::open(place.scratch.path().join("answer")).unwrap();
        let server = place.serve_fed(place.nc(&listen), input.into());
        let ran = place.command("curl", &["-s", "--cacert", "c.pem", "https://localhost:7000/x"]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&ran.stdout), "hello");
        assert!(server.end().stdout.starts_with("GET /x HTTP/1.1\r\n"));
    }
    if has("ncat") {
        let server = place.serve(place.command("ncat", &["-lvn", "--ssl", "127.0.0.1", "7001"]));
        let ran = place.feed(place.nc(&["-N", "--tls", "--no-verify", "127.0.0.1", "7001"]), b"to it");
        assert!(matches!(ran.status.code(), Some(0 | 3)), "{ran:?}");
        assert_eq!(server.end().stdout, "to it");
    }
}

#[test]
fn a_connection_that_is_cut_is_told() {
    let Some(place) = secure() else { return };
    if !has("ncat") {
        return;
    }
    // ncat ends TCP without ending TLS.
    let server = place.serve(place.nc(&["-lvn", "--tls", "127.0.0.1", "7000"]));
    place.feed(place.command("ncat", &["--ssl", "--send-only", "127.0.0.1", "7000"]), b"from it");
    let ran = server.end();
    assert_eq!(
        (ran.stdout.as_str(), ran.code == Some(3)),
        ("from it", ran.stderr.contains("ended without TLS's own end"))
    );
}

/// Writes a certificate for this name, valid until this year, and its key.
fn certificate(place: &Place, file: &str, name: &str, until: i32) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    let key = KeyPair::generate().unwrap();
    write(place, file, params.self_signed(&key).unwrap().der(), &key);
}

/// Writes a certificate and its key into a file of PEM.
fn write(place: &Place, file: &str, certificate: &[u8], key: &KeyPair) {
    place.scratch.write("c.der", certificate);
    place.scratch.write("k.der", key.serialize_der());
    let script = format!("(openssl x509 -inform DER -in c.der && openssl pkey -inform DER -in k.der) > {file}");
    assert!(place.command("bash", &["-c", &script]).status().unwrap().success());
}

#[test]
fn bad_certificates_are_told_from_good_ones() {
    let Some(place) = secure() else { return };
    certificate(&place, "good", "localhost", 2100);
    certificate(&place, "old", "localhost", 2021);
    certificate(&place, "other", "else.where", 2100);
    for (number, (file, said, code)) in [
        ("good", "  HTTP/1.0 200 ok  TLSv1.3, certificate ", 0),
        ("old", "the certificate expired at 2021-01-01T00:00:00Z", 7),
        ("other", "the certificate is for else.where, not for localhost", 7),
    ]
    .into_iter()
    .enumerate()
    {
        let port = (7000 + number).to_string();
        let address = format!("127.0.0.1:{port}");
        let args = ["s_server", "-quiet", "-www", "-accept", &address, "-cert", file, "-key", file];
        let mut server = place.command("openssl", &args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while place.run(&["-zn", "127.0.0.1", &port]).code != Some(0) {}
        let check = |args: &[&str]| {
            let url = format!("https://localhost:{port}/");
            let words = [&["check", "--timeout", "5s"], args, &[&url]].concat();
            Ran::from(place.command(env!("CARGO_BIN_EXE_sniff"), &words).output().unwrap())
        };
        let ran = check(&["--ca", file]);
        assert!(ran.stdout.contains(said), "{ran:?}");
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert_eq!(check(&["--no-verify"]).code, Some(0));
        // Nobody trusts it without being told.
        let ran = check(&[]);
        let doubt = if file == "old" { said } else { "the certificate is self-signed" };
        assert!(ran.stdout.contains(&format!(" TLS handshake with localhost failed: {doubt}  ")), "{ran:?}");
        assert_eq!(ran.code, Some(7));
        let ran = place.run(&["-Nv", "--tls", "--ca", file, "localhost", &port]);
        assert_eq!((ran.code, ran.stderr.contains(said)), (Some(code), code != 0), "{ran:?}");
        server.kill().unwrap();
        server.wait().unwrap();
    }
    let ran = place.run(&["--tls", "--ca", "nosuch", "localhost", "7000"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
}

#[test]
fn an_issuer_that_is_unknown_and_a_time_to_come_are_told() {
    let Some(place) = secure() else { return };
    let (key, issuer) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "an authority");
    write(&place, "ca", authority.clone().self_signed(&issuer).unwrap().der(), &issuer);
    let issuer = Issuer::from_params(&authority, &issuer);
    for (port, from, ca, said) in [
        ("7000", 2020, "c.pem", "the certificate's issuer is not trusted"),
        ("7001", 2090, "ca", "the certificate is not valid before 2090-01-01T00:00:00Z"),
    ] {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(2100, 1, 1));
        write(&place, "own", params.signed_by(&key, &issuer).unwrap().der(), &key);
        let args = ["-lkvn", "--tls", "--cert", "own", "127.0.0.1", port];
        let server = place.serve(place.nc(&args));
        let ran = place.run(&["--tls", "--ca", ca, "localhost", port]);
        let failed = format!("nc: TLS handshake with localhost (127.0.0.1) port {port} (tcp) failed: {said}\n");
        assert_eq!(ran, Ran::new("", failed, 7));
        server.stop();
    }
}
