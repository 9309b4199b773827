//! What goes wrong with TLS, in plain words; what is seldom keeps rustls's.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, OtherError, PeerIncompatible};

use crate::tls::certificate::Certificate;
use crate::tls::names;

/// The most names of a certificate that are told.
const MAX_NAMES: usize = 4;

/// A certificate that nobody but its owner vouches for.
#[derive(Debug)]
struct SelfSigned;

impl fmt::Display for SelfSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the certificate is self-signed")
    }
}

impl std::error::Error for SelfSigned {}

/// The error of a certificate: where nobody who is trusted has issued it, whether it is
/// its own issuer, which rustls does not tell.
pub(super) fn of_certificate(error: Error, der: &CertificateDer<'_>) -> Error {
    let known = |error: &CertificateError| {
        use CertificateError::{Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet};
        matches!(error, Expired | ExpiredContext { .. } | NotValidForName | NotValidForNameContext { .. } | NotValidYet)
            || matches!(error, CertificateError::NotValidYetContext { .. } | CertificateError::Revoked)
    };
    let alone = || Certificate::parse(der).is_some_and(|certificate| certificate.subject == certificate.issuer);
    match error {
        Error::InvalidCertificate(error) if !known(&error) && alone() => {
            CertificateError::Other(OtherError(Arc::new(SelfSigned))).into()
        }
        error => error,
    }
}

/// The words for an error.
pub(super) fn plain(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(error) => certificate(error),
        Error::AlertReceived(description) => alert(*description),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => "what the peer sends is not TLS".to_owned(),
        Error::PeerIncompatible(error) => incompatible(error),
        Error::NoApplicationProtocol => "no application protocol in common".to_owned(),
        Error::General(text) => text.clone(),
        error => error.to_string(),
    }
}

fn certificate(error: &CertificateError) -> String {
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the certificate expired at {}", moment(*not_after))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("the certificate is not valid before {}", moment(*not_before))
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            format!("the certificate is for {}, not for {}", listed(presented), expected.to_str())
        }
        CertificateError::UnknownIssuer => "the certificate's issuer is not trusted".to_owned(),
        CertificateError::Revoked => "the certificate is revoked".to_owned(),
        CertificateError::BadEncoding => "the certificate is damaged".to_owned(),
        CertificateError::BadSignature => "the certificate's signature is wrong".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the certificate is for another purpose".to_owned()
        }
        CertificateError::Other(OtherError(error)) if error.is::<SelfSigned>() => SelfSigned.to_string(),
        error => Error::from(error.clone()).to_string(),
    }
}

fn moment(time: UnixTime) -> String {
    let second = i64::try_from(time.as_secs()).ok().and_then(|second| Timestamp::from_second(second).ok());
    second.map_or_else(|| time.as_secs().to_string(), |time| time.to_string())
}

/// Names as rustls has them, `DnsName("x")`, without what says of which kind they are.
fn listed(names: &[String]) -> String {
    let bare = |name: &String| {
        let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
        inner.trim_matches('"').to_owned()
    };
    let mut shown: Vec<_> = names.iter().take(MAX_NAMES).map(bare).collect();
    if names.len() > MAX_NAMES {
        shown.push(format!("{} more", names.len() - MAX_NAMES));
    }
    match shown.split_last() {
        None => "no name".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// What the peer says of the end, with the alert's name (RFC 8446, section 6).
fn alert(description: AlertDescription) -> String {
    let name = names::alert(description.into());
    let meaning = match description {
        AlertDescription::HandshakeFailure => "the peer can agree to nothing that is offered",
        AlertDescription::ProtocolVersion => "the peer speaks neither TLS 1.2 nor 1.3",
        AlertDescription::UnrecognisedName => "the peer has no certificate for this name",
        AlertDescription::NoApplicationProtocol => "the peer speaks none of the application protocols",
        AlertDescription::CertificateRequired => "the peer wants a certificate",
        AlertDescription::BadCertificate
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::UnsupportedCertificate => "the peer does not accept the certificate",
        AlertDescription::AccessDenied => "the peer denies access",
        AlertDescription::InternalError => "the peer has failed",
        _ => return format!("the peer ended it with the alert {name}"),
    };
    format!("{meaning} (alert {name})")
}

fn incompatible(error: &PeerIncompatible) -> String {
    match error {
        PeerIncompatible::NoCipherSuitesInCommon => "no cipher suite in common",
        PeerIncompatible::NoKxGroupsInCommon => "no group for the key exchange in common",
        PeerIncompatible::NoSignatureSchemesInCommon => "no signature algorithm in common",
        PeerIncompatible::ServerDoesNotSupportTls12Or13
        | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
        | PeerIncompatible::SupportedVersionsExtensionRequired
        | PeerIncompatible::Tls12NotOffered
        | PeerIncompatible::Tls12NotOfferedOrEnabled => "the peer speaks neither TLS 1.2 nor 1.3",
        other => return Error::PeerIncompatible(other.clone()).to_string(),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_certificate_are_listed() {
        let names = |count: usize| (0..count).map(|number| format!("DnsName(\"n{number}\")")).collect::<Vec<_>>();
        assert_eq!(listed(&names(0)), "no name");
        assert_eq!(listed(&names(1)), "n0");
        assert_eq!(listed(&names(3)), "n0, n1 and n2");
        assert_eq!(listed(&names(6)), "n0, n1, n2, n3 and 2 more");
        assert_eq!(listed(&["IpAddress(127.0.0.1)".to_owned(), "(".to_owned()]), "127.0.0.1 and (");
    }

    #[test]
    fn alerts_have_their_names() {
        assert_eq!(
            alert(AlertDescription::HandshakeFailure),
            "the peer can agree to nothing that is offered (alert handshake_failure)"
        );
        assert_eq!(alert(AlertDescription::DecodeError), "the peer ended it with the alert decode_error");
        assert_eq!(alert(AlertDescription::Unknown(200)), "the peer ended it with the alert 200");
    }
}
