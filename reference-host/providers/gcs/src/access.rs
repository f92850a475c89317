//! Who asks: the tokens that requests carry, the signatures of links, and the rights that
//! a run needs.

use std::path::PathBuf;
use std::time::Duration;

use bucket_scopes::SIGNATURE_LOSS;
use cloud_contract::{Error, ErrorKind, Result};
use google_cloud_auth::credentials::{Builder, CacheableResource, Credentials};
use google_cloud_auth::signer::Signer;
use reqwest::header::HeaderMap;

use crate::config::Config;

/// What a token is asked for.
const TOKEN_SCOPE: &str = "https://www.googleapis.com/auth/devstorage.full_control";
/// And one for signatures that the service makes.
const SIGN_SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
/// The longest that the service takes a signature for.
pub(crate) const LINK_MAX: Duration =
    Duration::from_secs(7 * 24 * 60 * 60).saturating_sub(SIGNATURE_LOSS);
/// How long one is good that was made with a key which Google keeps, and changes.
const LENT_LINK_MAX: Duration = Duration::from_secs(12 * 60 * 60).saturating_sub(SIGNATURE_LOSS);

/// The least rights that a run needs, for `gcloud iam roles create --file`.
pub(crate) const POLICY: &str = "\
# The role: gcloud iam roles create cloudWitStorage --project=PROJECT --file=THIS
title: cloud-wit on Cloud Storage
stage: GA
includedPermissions:
- storage.buckets.create
- storage.buckets.delete
- storage.buckets.get
- storage.objects.create
- storage.objects.delete
- storage.objects.get
- storage.objects.list
- storage.objects.move
# Links that are signed without a key of its own need, on the service account,
# iam.serviceAccounts.signBlob.
";

/// The credentials; none for an emulator.
pub(crate) struct Access {
    credentials: Option<Credentials>,
    signing: Option<Signing>,
}

/// What signs links.
pub(crate) struct Signing {
    signer: Signer,
    email: String,
    /// How long a signature is good.
    pub(crate) longest: Duration,
}

impl Access {
    /// Looks for credentials where Google's libraries do.
    ///
    /// # Errors
    /// `access-denied` without credentials.
    pub(crate) async fn find(config: &Config) -> Result<Self> {
        if config.is_emulator {
            return Ok(Self {
                credentials: None,
                signing: None,
            });
        }
        let credentials = Builder::default()
            .with_scopes([TOKEN_SCOPE])
            .build()
            .map_err(|error| Error::with_source(ErrorKind::AccessDenied, error))?;
        let signing = tokio::time::timeout(config.connect_timeout, Signing::find());
        Ok(Self {
            credentials: Some(credentials),
            signing: signing.await.ok().flatten(),
        })
    }

    pub(crate) fn signing(&self) -> Option<&Signing> {
        self.signing.as_ref()
    }

    /// The header fields of a request that is made now.
    ///
    /// # Errors
    /// `access-denied` and `unavailable`, when there is no token.
    pub(crate) async fn headers(&self) -> Result<HeaderMap> {
        let Some(credentials) = &self.credentials else {
            return Ok(HeaderMap::new());
        };
        match credentials.headers(Default::default()).await {
            Ok(CacheableResource::New { data, .. }) => Ok(data),
            Ok(CacheableResource::NotModified) => Err(ErrorKind::AccessDenied.into()),
            Err(error) => {
                let kind = if error.is_transient() {
                    ErrorKind::Unavailable
                } else {
                    ErrorKind::AccessDenied
                };
                Err(Error::with_source(kind, error))
            }
        }
    }
}

impl Signing {
    /// None where the credentials cannot sign: those of a user, and those that may not.
    async fn find() -> Option<Self> {
        let signer = Builder::default().with_scopes([SIGN_SCOPE]).build_signer();
        let signer = signer.ok()?;
        let email = signer.client_email().await.ok()?;
        // Whether it may is known by trying.
        signer.sign(b"probe").await.ok()?;
        let longest = if has_key().await {
            LINK_MAX
        } else {
            LENT_LINK_MAX
        };
        Some(Self {
            signer,
            email,
            longest,
        })
    }

    /// With this one, in place of what the environment has.
    #[cfg(test)]
    pub(crate) fn with(signer: Signer, email: &str) -> Self {
        Self {
            signer,
            email: email.to_owned(),
            longest: LINK_MAX,
        }
    }

    pub(crate) fn email(&self) -> &str {
        &self.email
    }

    /// # Errors
    /// `unavailable`, `access-denied`.
    pub(crate) async fn sign(&self, text: &str) -> Result<Vec<u8>> {
        match self.signer.sign(text).await {
            Ok(signature) => Ok(signature.to_vec()),
            Err(error) => {
                let kind = if error.is_transport() {
                    ErrorKind::Unavailable
                } else {
                    ErrorKind::AccessDenied
                };
                Err(Error::with_source(kind, error))
            }
        }
    }
}

/// Whether the credentials are the key of a service account, which lasts until somebody
/// removes it.
async fn has_key() -> bool {
    let set = std::env::var_os("GOOGLE_APPLICATION_CREDENTIALS").map(PathBuf::from);
    let usual = || {
        let home = std::env::var_os("HOME").map(PathBuf::from)?;
        Some(home.join(".config/gcloud/application_default_credentials.json"))
    };
    let Some(path) = set.or_else(usual) else {
        return false;
    };
    let Ok(text) = tokio::fs::read(path).await else {
        return false;
    };
    let read: Option<serde_json::Value> = serde_json::from_slice(&text).ok();
    read.is_some_and(|file| file["type"] == "service_account")
}
