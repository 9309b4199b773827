//! What is said of a TLS connection.

use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use rustls::Connection;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::tls::certificate::Certificate;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What client and server agreed on.
pub(crate) struct Agreed {
    /// `TLSv1.3`.
    pub version: String,
    /// The cipher suite.
    pub suite: String,
    /// The application protocol.
    pub protocol: Option<String>,
    /// The last second in which the server's certificate is valid.
    pub not_after: Option<i64>,
}

impl Agreed {
    pub(super) fn of(connection: &Connection) -> Self {
        let version = connection.protocol_version().and_then(|version| version.as_str()).unwrap_or("TLS");
        let suite = connection.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()).unwrap_or("unknown");
        let first = connection.peer_certificates().and_then(<[_]>::first);
        Agreed {
            version: version.replace('_', "."),
            suite: suite.to_owned(),
            protocol: connection.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned()),
            not_after: first.and_then(|der| Certificate::parse(der)).map(|certificate| certificate.not_after),
        }
    }
}

/// What was agreed on, and the peer's certificates, the peer's own first.
pub(super) fn lines(connection: &Connection) -> Vec<String> {
    let agreed = Agreed::of(connection);
    let protocol = agreed.protocol.map(|name| format!(", ALPN {name}")).unwrap_or_default();
    let mut lines = vec![format!("{} {}{protocol}", agreed.version, agreed.suite)];
    for (number, der) in connection.peer_certificates().unwrap_or_default().iter().enumerate() {
        match Certificate::parse(der) {
            // What a certificate says begins no line of its own.
            Some(certificate) => {
                lines.extend(of(number, &certificate, der).iter().map(|line| line.replace('\n', "\\n")))
            }
            None => lines.push(format!("certificate {number} cannot be read")),
        }
    }
    lines
}

fn of(number: usize, certificate: &Certificate, der: &[u8]) -> Vec<String> {
    let date =
        |seconds: i64| Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |date| date.to_string());
    let left = (certificate.not_after - Timestamp::now().as_second()).div_euclid(DAY);
    let left = if left < 0 { "expired".to_owned() } else { format!("{left} days left") };
    let print: Vec<_> = digest(&SHA256, der).as_ref().iter().map(|octet| format!("{octet:02x}")).collect();
    let mut lines = vec![
        format!("certificate {number}: {}", certificate.subject),
        format!("  issuer: {}", certificate.issuer),
        format!("  valid: {} to {}, {left}", date(certificate.not_before), date(certificate.not_after)),
        format!("  SHA-256: {}", print.concat()),
    ];
    let names = alternatives(der);
    if !names.is_empty() {
        lines.insert(1, format!("  names: {}", names.join(", ")));
    }
    lines
}

/// The names and addresses that a certificate is for (RFC 5280, section 4.2.1.6).
fn alternatives(der: &[u8]) -> Vec<String> {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else { return Vec::new() };
    let Ok(Some(names)) = certificate.subject_alternative_name() else { return Vec::new() };
    let shown = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(octets) => match (<[u8; 4]>::try_from(*octets), <[u8; 16]>::try_from(*octets)) {
            (Ok(v4), _) => Some(std::net::IpAddr::from(v4).to_string()),
            (_, Ok(v6)) => Some(std::net::IpAddr::from(v6).to_string()),
            _ => None,
        },
        _ => None,
    };
    names.value.general_names.iter().filter_map(shown).collect()
}
