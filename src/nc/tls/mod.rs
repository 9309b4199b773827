//! TLS on a connection, by rustls with ring: TLS 1.2 and 1.3 (RFC 5246, RFC 8446).

mod channel;
mod report;
mod trust;
mod words;

use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rcgen::generate_simple_self_signed;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, KeyLog, ServerConfig, ServerConnection};

use super::exit::{Failure, reason};
pub(crate) use channel::Tls;
pub(crate) use report::Agreed;
use trust::{Authorities, Trust};

/// What TLS is to do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// Whether any certificate is good.
    pub trusting: bool,
    /// A file with the authorities that are trusted, instead of the system's.
    pub authorities: Option<PathBuf>,
    /// The own certificates, and their key.
    pub certificate: Option<PathBuf>,
    /// The key of the own certificate.
    pub key: Option<PathBuf>,
    /// The name that is asked for, instead of the host.
    pub name: Option<String>,
    /// Application protocols (RFC 7301).
    pub protocols: Vec<String>,
    /// The file that secrets are added to, for `sniff http --keylog`.
    pub keylog: Option<PathBuf>,
}

/// Makes clients' connections.
pub(crate) struct Client {
    authorities: Authorities,
    own: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    name: Option<String>,
    log: Arc<Log>,
}

/// Makes servers' connections.
pub(crate) struct Server(Arc<ServerConfig>);

fn failed(what: &str, error: &dyn Display) -> Failure {
    Failure::local(format!("{what}: {error}"))
}

impl Client {
    /// Reads what the settings name.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Failure> {
        Ok(Client {
            authorities: Authorities::new(settings.authorities.as_deref(), settings.trusting)?,
            own: settings.certificate.as_ref().map(|path| own(path, settings.key.as_deref())).transpose()?,
            name: settings.name.clone(),
            log: Arc::new(Log::new(settings.keylog.as_deref())?),
        })
    }

    /// The start of a connection to a host that offers application protocols (RFC 7301), and
    /// what will be known of the host's certificate.
    pub(crate) fn start(&self, host: &str, protocols: &[String]) -> Result<(ClientConnection, Arc<Trust>), Failure> {
        let name = self.name.as_deref().unwrap_or(host);
        let trust = Arc::new(Trust::new(self.authorities.clone()));
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed("TLS", &error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&trust) as _);
        let mut config = match &self.own {
            Some((certificates, key)) => {
                let built = builder.with_client_auth_cert(certificates.clone(), key.clone_key());
                built.map_err(|error| failed("certificate", &error))?
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = octets(protocols);
        config.key_log = Arc::clone(&self.log) as _;
        let name = ServerName::try_from(name.to_owned()).map_err(|error| failed(name, &error))?;
        let connection = ClientConnection::new(Arc::new(config), name).map_err(|error| failed("TLS", &error))?;
        Ok((connection, trust))
    }
}

impl Server {
    /// Reads what the settings name; without a certificate one is made up.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Failure> {
        let (certificates, key) = match &settings.certificate {
            Some(path) => own(path, settings.key.as_deref())?,
            None => {
                let names = vec![settings.name.clone().unwrap_or_else(|| "localhost".to_owned())];
                let made = generate_simple_self_signed(names).map_err(|error| failed("certificate", &error))?;
                let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
                (vec![made.cert.der().clone()], key.into())
            }
        };
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed("TLS", &error))?
            .with_no_client_auth()
            .with_single_cert(certificates, key)
            .map_err(|error| failed("certificate", &error))?;
        config.alpn_protocols = octets(&settings.protocols);
        config.key_log = Arc::new(Log::new(settings.keylog.as_deref())?);
        Ok(Server(Arc::new(config)))
    }

    /// The start of a connection with a client.
    pub(crate) fn start(&self) -> Result<ServerConnection, Failure> {
        ServerConnection::new(Arc::clone(&self.0)).map_err(|error| failed("TLS", &error))
    }
}

fn octets(names: &[String]) -> Vec<Vec<u8>> {
    names.iter().map(|name| name.as_bytes().to_vec()).collect()
}

/// The certificates in a file of PEM, and the key there or in its own file.
fn own(path: &Path, key: Option<&Path>) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Failure> {
    let shown = path.display().to_string();
    let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let certificates: Vec<_> = certificates.map_err(|error| failed(&shown, &error))?;
    if certificates.is_empty() {
        return Err(failed(&shown, &"no certificate"));
    }
    let path = key.unwrap_or(path);
    let key = PrivateKeyDer::from_pem_file(path).map_err(|error| failed(&path.display().to_string(), &error))?;
    Ok((certificates, key))
}

/// Where secrets go, in the form of SSLKEYLOGFILE.
#[derive(Debug)]
struct Log(Option<Mutex<File>>);

impl Log {
    /// Secrets are for their owner only.
    const MODE: u32 = 0o600;

    fn new(path: Option<&Path>) -> Result<Self, Failure> {
        let open = |path: &Path| {
            let opened = OpenOptions::new().append(true).create(true).mode(Self::MODE).open(path);
            opened.map_err(|error| Failure::local(format!("{}: {}", path.display(), reason(&error))))
        };
        Ok(Log(path.map(open).transpose()?.map(Mutex::new)))
    }
}

impl KeyLog for Log {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
        if let Some(Ok(mut file)) = self.0.as_ref().map(Mutex::lock) {
            let line = format!("{label} {} {}\n", hex(client_random), hex(secret));
            if let Err(error) = file.write_all(line.as_bytes()) {
                super::say(&format!("key log: {}", reason(&error)));
            }
        }
    }

    fn will_log(&self, _: &str) -> bool {
        self.0.is_some()
    }
}
