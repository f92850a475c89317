//! Who asks: the credentials that every request carries, and the rights they need.

use cloud_contract::{Error, ErrorKind, Result};
use gcloud_sdk::{GoogleAuthHeaders, GoogleEnvironment, error};
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};

use crate::config::{Config, PROJECT, is_project};

/// What a token is asked for.
const TOKEN_SCOPE: &str = "https://www.googleapis.com/auth/datastore";

/// The least rights that a run needs, for `gcloud iam roles create --file` and the
/// condition of its binding.
pub(crate) const POLICY: &str = "\
# The role: gcloud iam roles create cloudWitFirestore --project=PROJECT --file=THIS
title: cloud-wit on Firestore
stage: GA
includedPermissions:
- datastore.entities.create
- datastore.entities.delete
- datastore.entities.get
- datastore.entities.list
- datastore.entities.update
# To hold it for one database only, bind it with
#   --condition='title=one,expression=resource.name == \"projects/PROJECT/databases/DATABASE\"'
# The predefined roles/datastore.user contains it. Rights cannot be held for a
# single collection: use a database of its own for tests.
";

/// The headers of every request.
pub(crate) struct Access {
    /// Those that never change.
    fixed: MetadataMap,
    /// None for an emulator.
    credentials: Option<GoogleAuthHeaders>,
}

impl Access {
    /// Looks for credentials where Google's libraries do, and for the project.
    /// Returns the name of the database with it.
    ///
    /// # Errors
    /// `invalid-argument` without a project, `access-denied` without credentials.
    pub(crate) async fn find(config: &Config) -> Result<(Self, String)> {
        let credentials = if config.is_emulator() {
            None
        } else {
            // Keys sign with the provider that the process has installed. It is
            // no error if it has one.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let found = GoogleAuthHeaders::from_adc_with_scopes(vec![TOKEN_SCOPE.to_owned()]);
            Some(found.await.map_err(translate)?)
        };
        let project = project_of(config).await?;
        let database = name(&project, config);
        let mut fixed = MetadataMap::new();
        fixed.insert("google-cloud-resource-prefix", header(&database)?);
        // Both tell Google's front ends which database it is about.
        let route = format!(
            "project_id={}&database_id={}",
            project.replace(':', "%3A"),
            config.database.replace('(', "%28").replace(')', "%29")
        );
        fixed.insert("x-goog-request-params", header(&route)?);
        if credentials.is_none() {
            // What the emulator takes for a user that may do everything.
            fixed.insert("authorization", MetadataValue::from_static("Bearer owner"));
        }
        Ok((Self { fixed, credentials }, database))
    }

    /// The headers of a request that is made now.
    ///
    /// # Errors
    /// `access-denied` and `unavailable`, when there is no token.
    pub(crate) async fn headers(&self) -> Result<MetadataMap> {
        let Some(credentials) = &self.credentials else {
            return Ok(self.fixed.clone());
        };
        let token = credentials.headers().await.map_err(translate)?;
        let mut headers = self.fixed.clone().into_headers();
        headers.extend(
            token
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        Ok(MetadataMap::from_headers(headers))
    }
}

/// The name of the database that the settings lead to. Asks for no credentials.
///
/// # Errors
/// `invalid-argument` without a project.
pub(crate) async fn database(config: &Config) -> Result<String> {
    Ok(name(&project_of(config).await?, config))
}

fn name(project: &str, config: &Config) -> String {
    format!("projects/{project}/databases/{}", config.database)
}

async fn project_of(config: &Config) -> Result<String> {
    if let Some(project) = &config.project {
        return Ok(project.clone());
    }
    let found = GoogleEnvironment::detect_google_project_id().await;
    let project = found.ok_or_else(|| {
        Error::invalid("project: the environment names none, so it must be given")
    })?;
    if is_project(&project) {
        return Ok(project);
    }
    let rule = format!("project: must {PROJECT}");
    Err(ErrorKind::InvalidArgument(rule.into()).into())
}

/// Settings are checked, so this cannot fail but by a mistake of ours.
fn header(text: &str) -> Result<MetadataValue<Ascii>> {
    text.parse()
        .map_err(|_| Error::invalid("project and database: must be printable"))
}

fn translate(failed: error::Error) -> Error {
    let kind = match failed.kind() {
        error::ErrorKind::Credentials(cause) if cause.is_transient() => ErrorKind::Unavailable,
        error::ErrorKind::Http(_) => ErrorKind::Unavailable,
        _ => ErrorKind::AccessDenied,
    };
    Error::with_source(kind, failed)
}
