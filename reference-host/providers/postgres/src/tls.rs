//! How a connection is encrypted, where it is.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use cloud_contract::{Error, ErrorKind, Result};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::Config;

/// Reads the authorities that are trusted; none where nothing is encrypted.
///
/// # Errors
/// `invalid-argument` for a file of them, `other` where the platform has none.
pub(crate) fn encryption(config: &Config) -> Result<Option<MakeRustlsConnect>> {
    if config.client.get_ssl_mode() == SslMode::Disable {
        return Ok(None);
    }
    let roots = match &config.root_certificates {
        Some(file) => of_file(file)?,
        None => of_platform()?,
    };
    let client =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::with_source(other("this build has no protocol of tls"), error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
    Ok(Some(MakeRustlsConnect::new(client)))
}

fn of_file(file: &Path) -> Result<RootCertStore> {
    let wrong = || Error::invalid("sslrootcert: must be a file of certificates in PEM");
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|_| wrong())? {
        let certificate = certificate.map_err(|_| wrong())?;
        roots.add(certificate).map_err(|_| wrong())?;
    }
    if roots.is_empty() {
        Err(wrong())
    } else {
        Ok(roots)
    }
}

fn of_platform() -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    // Some in the store of a system may be unreadable; those that are good count.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(other("this machine has no certificates of authorities").into());
    }
    Ok(roots)
}

fn other(text: &'static str) -> ErrorKind {
    ErrorKind::Other(Cow::Borrowed(text))
}
