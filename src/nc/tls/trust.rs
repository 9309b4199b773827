//! Whether a server's certificate is trusted, and why not.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::{failed, words};
use crate::nc::exit::Failure;
use crate::tls::certificate::Certificate;

/// Whom connections trust.
#[derive(Clone, Debug)]
pub(super) struct Authorities {
    /// Nothing where there are no authorities.
    verifier: Option<Arc<WebPkiServerVerifier>>,
    /// Certificates that are trusted as they are, whatever they say they are for.
    own: Arc<[CertificateDer<'static>]>,
    /// Whether any certificate is good.
    trusting: bool,
}

/// Looks at a server's certificates as rustls does, and keeps what it has found.
#[derive(Debug)]
pub(crate) struct Trust {
    authorities: Authorities,
    /// Why the certificate is not trusted.
    doubt: Mutex<Option<String>>,
}

impl Authorities {
    /// Trusts the authorities in a file, or the system's.
    pub(super) fn new(authorities: Option<&Path>, trusting: bool) -> Result<Self, Failure> {
        let mut roots = RootCertStore::empty();
        let found = match authorities {
            Some(path) => {
                let found = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
                found.map_err(|error| failed(&path.display().to_string(), &error))?
            }
            None => rustls_native_certs::load_native_certs().certs,
        };
        let own = if authorities.is_some() { found.clone() } else { Vec::new() };
        roots.add_parsable_certificates(found);
        let provider = Arc::new(default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok();
        Ok(Authorities { verifier, own: own.into(), trusting })
    }
}

impl Trust {
    /// What nothing is known of yet.
    pub(super) fn new(authorities: Authorities) -> Self {
        Trust { authorities, doubt: Mutex::default() }
    }

    /// Why the certificate is not trusted.
    pub(crate) fn doubt(&self) -> Option<String> {
        self.doubt.lock().ok()?.clone()
    }
}

/// Checks a certificate that is trusted as it is: its time and its names.
fn check(der: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> Result<ServerCertVerified, Error> {
    let times = Certificate::parse(der).ok_or(CertificateError::BadEncoding)?;
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let moment = |seconds: i64| UnixTime::since_unix_epoch(Duration::from_secs(seconds.try_into().unwrap_or(0)));
    if seconds > times.not_after {
        return Err(CertificateError::ExpiredContext { time: now, not_after: moment(times.not_after) }.into());
    }
    if seconds < times.not_before {
        return Err(CertificateError::NotValidYetContext { time: now, not_before: moment(times.not_before) }.into());
    }
    verify_server_name(&ParsedCertificate::try_from(der)?, name)?;
    Ok(ServerCertVerified::assertion())
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let result = match &self.authorities.verifier {
            Some(verifier) => verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
            None => Err(Error::General("no authorities are trusted here".to_owned())),
        };
        let result = match result {
            Err(_) if self.authorities.own.iter().any(|own| own == end_entity) => check(end_entity, server_name, now),
            result => result,
        };
        let result = result.map_err(|error| words::of_certificate(error, end_entity));
        if let (Err(error), Ok(mut doubt)) = (&result, self.doubt.lock()) {
            *doubt = Some(words::plain(error));
        }
        if self.authorities.trusting { Ok(ServerCertVerified::assertion()) } else { result }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}
