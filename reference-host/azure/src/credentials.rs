//! How a request shows its right: a signature made with the account's key, a
//! signature that is part of the address, or a token. What of a request is signed
//! differs between the parts of an account, and is the provider's.

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

use crate::account::{Access, Account};

const SCOPE: &str = "https://storage.azure.com/.default";

/// What a request is signed with.
pub enum Credentials {
    /// With the account's key.
    Key {
        /// The account.
        account: String,
        /// The key, ready to begin a signature with.
        mac: Box<Hmac<Sha256>>,
    },
    /// With parameters of the address.
    Sas(String),
    /// With a token.
    Identity(Identity),
}

/// How a request shows its right.
#[derive(Clone, PartialEq, Eq)]
pub enum Authorization {
    /// By a signature of it, in base64, made with the key of the account.
    Signature {
        /// The account.
        account: String,
        /// The signature.
        signature: String,
    },
    /// By parameters behind those of its address.
    Parameters(String),
    /// By a token of an identity.
    Token(String),
}

/// Shows no secret.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signature { .. } => "Signature",
            Self::Parameters(_) => "Parameters",
            Self::Token(_) => "Token",
        })
    }
}

impl Authorization {
    /// Adds to the address what belongs there, and returns the header that goes with
    /// it. `scheme` is what the service calls the kind of signature.
    #[must_use]
    pub fn apply(self, scheme: &str, url: &mut Url) -> Option<String> {
        match self {
            Self::Signature { account, signature } => {
                Some(format!("{scheme} {account}:{signature}"))
            }
            Self::Parameters(parameters) => {
                let query = match url.query() {
                    Some(query) => format!("{query}&{parameters}"),
                    None => parameters,
                };
                url.set_query(Some(&query));
                None
            }
            Self::Token(token) => Some(format!("Bearer {token}")),
        }
    }
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
    pub fn new(account: &Account) -> Result<Self> {
        Ok(match &account.access {
            Access::Key(key) => Self::Key {
                account: account.name.clone(),
                mac: Box::new(
                    Hmac::new_from_slice(key)
                        .map_err(|_| Error::invalid("key: must be the account's key"))?,
                ),
            },
            Access::Sas(query) => Self::Sas(query.clone()),
            Access::Identity => Self::Identity(Identity::find()?),
        })
    }

    /// The right to send a request of which `text` is what is signed, given the account.
    ///
    /// # Errors
    /// `access-denied`, `unavailable` for an identity without a token.
    pub async fn authorize(
        &self,
        text: impl FnOnce(&str) -> String + Send,
    ) -> Result<Authorization> {
        Ok(match self {
            Self::Key { account, mac } => Authorization::Signature {
                account: account.clone(),
                signature: signature(mac, &text(account)),
            },
            Self::Sas(parameters) => Authorization::Parameters(parameters.clone()),
            Self::Identity(identity) => Authorization::Token(identity.token().await?),
        })
    }

    /// The signature of a text, given the account; none without the account's key.
    pub fn sign(&self, text: impl FnOnce(&str) -> String) -> Option<String> {
        match self {
            Self::Key { account, mac } => Some(signature(mac, &text(account))),
            Self::Sas(_) | Self::Identity(_) => None,
        }
    }
}

fn signature(mac: &Hmac<Sha256>, text: &str) -> String {
    let mac = mac.clone().chain_update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The places that the SDK looks for an identity in, in their usual order.
#[allow(missing_debug_implementations, reason = "it holds secrets")]
pub struct Identity {
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

    fn credentials(access: Access) -> Credentials {
        let account = Account {
            endpoint: Url::parse("https://a/").unwrap(),
            name: EMULATOR_ACCOUNT.to_owned(),
            access,
        };
        Credentials::new(&account).unwrap()
    }

    #[tokio::test]
    async fn a_signature_is_that_of_another_program() {
        // printf 'Sun, 11 Oct 2009 19:52:39 GMT\n/devstoreaccount1/Tables' | openssl dgst \
        //   -sha256 -mac HMAC -macopt hexkey:$(printf %s "$KEY" | base64 -d | xxd -p -c 99) \
        //   -binary | base64
        let credentials = credentials(Access::Key(STANDARD.decode(EMULATOR_KEY).unwrap()));
        let mut url =
            Url::parse("https://devstoreaccount1.table.core.windows.net/Tables?$top=1").unwrap();
        let before = url.clone();
        let text = |account: &str| format!("Sun, 11 Oct 2009 19:52:39 GMT\n/{account}/Tables");
        let header = credentials.authorize(text).await.unwrap();
        assert_eq!(format!("{header:?}"), "Signature");
        let header = header.apply("SharedKeyLite", &mut url);
        let signature = "vxVjzIn+ijO39nA0fkzNcNfQFDEm8ePkpbO8YIlpZQg=";
        let expected = format!("SharedKeyLite devstoreaccount1:{signature}");
        assert_eq!(header.unwrap(), expected);
        assert_eq!(credentials.sign(text).unwrap(), signature);
        assert_eq!(url, before);
        assert_eq!(format!("{credentials:?}"), "Key");
    }

    #[tokio::test]
    async fn a_signature_of_the_address_is_added_as_it_is() {
        let credentials = credentials(Access::Sas("sv=1&sig=s%3D".into()));
        for (before, after) in [("", "sv=1&sig=s%3D"), ("?$top=1", "$top=1&sv=1&sig=s%3D")] {
            let mut url = Url::parse(&format!("https://a/Tables{before}")).unwrap();
            let right = credentials.authorize(|_| String::new()).await.unwrap();
            assert_eq!(right.apply("", &mut url), None);
            assert_eq!(url.query(), Some(after));
        }
        assert_eq!(credentials.sign(|_| String::new()), None);
    }
}
