//! How a request shows its right: a signature made with the account's key, a
//! signature that is part of the address, or a token.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use azure_core::credentials::{Secret, TokenCredential};
use azure_identity::{
    ClientSecretCredential, DeveloperToolsCredential, ManagedIdentityCredential,
    WorkloadIdentityCredential,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_contract::{Error, ErrorKind, Result};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Url;
use sha2::Sha256;

use crate::config::Access;

const SCOPE: &str = "https://storage.azure.com/.default";

/// What a request is signed with.
pub(crate) enum Credentials {
    Key {
        account: String,
        /// The key, ready to begin a signature with.
        mac: Box<Hmac<Sha256>>,
    },
    Sas(String),
    Identity(Identity),
}

/// Shows no secret.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key { .. } => "Key",
            Self::Sas(_) => "Sas",
            Self::Identity(_) => "Identity",
        })
    }
}

impl Credentials {
    /// # Errors
    /// `invalid-argument` for a key, `access-denied` for an identity.
    pub(crate) fn new(account: &str, access: Access) -> Result<Self> {
        Ok(match access {
            Access::Key(key) => Self::Key {
                account: account.to_owned(),
                mac: Box::new(
                    Hmac::new_from_slice(&key)
                        .map_err(|_| Error::invalid("key: must be the account's key"))?,
                ),
            },
            Access::Sas(query) => Self::Sas(query),
            Access::Identity => Self::Identity(Identity::find()?),
        })
    }

    /// Adds to the address what belongs there, and returns the header that goes
    /// with a request of this date.
    pub(crate) async fn authorize(&self, url: &mut Url, date: &str) -> Result<Option<String>> {
        match self {
            Self::Key { account, mac } => {
                let text = string_to_sign(account, date, url);
                let mac = mac.as_ref().clone().chain_update(text.as_bytes());
                let signature = STANDARD.encode(mac.finalize().into_bytes());
                Ok(Some(format!("SharedKeyLite {account}:{signature}")))
            }
            Self::Sas(signature) => {
                let query = match url.query() {
                    Some(query) => format!("{query}&{signature}"),
                    None => signature.clone(),
                };
                url.set_query(Some(&query));
                Ok(None)
            }
            Self::Identity(identity) => Ok(Some(format!("Bearer {}", identity.token().await?))),
        }
    }
}

/// What Shared Key Lite signs of a request to tables: its date, and its resource
/// without the parameters, none of ours being `comp`.
fn string_to_sign(account: &str, date: &str, url: &Url) -> String {
    format!("{date}\n/{account}{}", url.path())
}

/// The places that the SDK looks for an identity in, in their usual order.
pub(crate) struct Identity {
    sources: Vec<Arc<dyn TokenCredential>>,
    /// The one that had a token first; all ones before that.
    found: AtomicUsize,
}

impl Identity {
    fn find() -> Result<Self> {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let mut sources: Vec<Arc<dyn TokenCredential>> = Vec::new();
        if let (Some(tenant), Some(client), Some(secret)) = (
            variable("AZURE_TENANT_ID"),
            variable("AZURE_CLIENT_ID"),
            variable("AZURE_CLIENT_SECRET"),
        ) {
            let secret = Secret::new(secret);
            let source = ClientSecretCredential::new(&tenant, client, secret, None);
            sources.push(source.map_err(denied)?);
        }
        // The others exist only where their surroundings do.
        if let Ok(source) = WorkloadIdentityCredential::new(None) {
            sources.push(source);
        }
        // Before the managed identity, which takes long to find that it is none.
        if let Ok(source) = DeveloperToolsCredential::new(None) {
            sources.push(source);
        }
        if let Ok(source) = ManagedIdentityCredential::new(None) {
            sources.push(source);
        }
        Ok(Self {
            sources,
            found: AtomicUsize::new(usize::MAX),
        })
    }

    /// A token; the sources keep it until it ends.
    async fn token(&self) -> Result<String> {
        let found = self.found.load(Ordering::Relaxed);
        if let Some(source) = self.sources.get(found) {
            let token = source.get_token(&[SCOPE], None).await.map_err(denied)?;
            return Ok(token.token.secret().to_owned());
        }
        let mut last = None;
        for (place, source) in self.sources.iter().enumerate() {
            match source.get_token(&[SCOPE], None).await {
                Ok(token) => {
                    self.found.store(place, Ordering::Relaxed);
                    return Ok(token.token.secret().to_owned());
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.map_or_else(|| ErrorKind::AccessDenied.into(), denied))
    }
}

fn denied(error: azure_core::Error) -> Error {
    let kind = match error.kind() {
        azure_core::error::ErrorKind::Io => ErrorKind::Unavailable,
        _ => ErrorKind::AccessDenied,
    };
    Error::with_source(kind, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection_string::{EMULATOR_ACCOUNT, EMULATOR_KEY};

    #[test]
    fn the_text_that_is_signed_is_that_of_the_reference() {
        // The example of the page "Authorize with Shared Key".
        let url = Url::parse("https://testaccount1.table.core.windows.net/Tables").unwrap();
        assert_eq!(
            string_to_sign("testaccount1", "Sun, 11 Oct 2009 19:52:39 GMT", &url),
            "Sun, 11 Oct 2009 19:52:39 GMT\n/testaccount1/Tables"
        );
        // An emulator's account stands in the path as well; parameters do not count.
        let url = "http://127.0.0.1:10002/devstoreaccount1/Data(PartitionKey='a',RowKey='k')";
        let url = Url::parse(&format!("{url}?$select=d")).unwrap();
        assert_eq!(
            string_to_sign(EMULATOR_ACCOUNT, "D", &url),
            "D\n/devstoreaccount1/devstoreaccount1/Data(PartitionKey='a',RowKey='k')"
        );
    }

    #[tokio::test]
    async fn a_signature_is_that_of_another_program() {
        // printf 'Sun, 11 Oct 2009 19:52:39 GMT\n/devstoreaccount1/Tables' | openssl dgst \
        //   -sha256 -mac HMAC -macopt hexkey:$(printf %s "$KEY" | base64 -d | xxd -p -c 99) \
        //   -binary | base64
        let key = STANDARD.decode(EMULATOR_KEY).unwrap();
        let credentials = Credentials::new(EMULATOR_ACCOUNT, Access::Key(key)).unwrap();
        let mut url =
            Url::parse("https://devstoreaccount1.table.core.windows.net/Tables?$top=1").unwrap();
        let before = url.clone();
        let date = "Sun, 11 Oct 2009 19:52:39 GMT";
        let header = credentials.authorize(&mut url, date).await.unwrap();
        assert_eq!(
            header.as_deref(),
            Some("SharedKeyLite devstoreaccount1:vxVjzIn+ijO39nA0fkzNcNfQFDEm8ePkpbO8YIlpZQg=")
        );
        assert_eq!(url, before);
        assert_eq!(format!("{credentials:?}"), "Key");
    }

    #[tokio::test]
    async fn a_signature_of_the_address_is_added_as_it_is() {
        let credentials = Credentials::new("a", Access::Sas("sv=1&sig=s%3D".into())).unwrap();
        let mut url = Url::parse("https://a/Tables").unwrap();
        assert_eq!(credentials.authorize(&mut url, "").await, Ok(None));
        assert_eq!(url.query(), Some("sv=1&sig=s%3D"));
        let mut url = Url::parse("https://a/Tables?$top=1").unwrap();
        assert_eq!(credentials.authorize(&mut url, "").await, Ok(None));
        assert_eq!(url.query(), Some("$top=1&sv=1&sig=s%3D"));
    }
}
