//! The bucket of a run: made before, removed after, and what there is to know about one.

use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::time::Duration;

use cloud_contract::{Error, ErrorKind, Resource, Resources, Result, ScopeId, Settings};
use serde::Deserialize;
use serde_json::json;

use crate::access;
use crate::config::{Config, is_project};
use crate::error::Verdict;
use crate::link::{Request, Service};
use crate::sweep;

/// The kind of our resources.
const BUCKET: &str = "gcs-bucket";
/// The longest name of a bucket without a dot.
const NAME_BYTES: usize = 63;
/// Where the project of a run is looked for that the settings do not name.
const PROJECT: &str = "GOOGLE_CLOUD_PROJECT";
/// How long a bucket keeps what was deleted that does not say.
const USUAL_SOFT_DELETE: Duration = Duration::ZERO;

pub(crate) const RESOURCES: Resources = Resources {
    plan,
    create: |settings, resource| Box::pin(create(settings, resource)),
    remove: |settings, resource| Box::pin(remove(settings, resource)),
    place: |settings| Box::pin(place(settings)),
    policy: |_| access::POLICY.to_owned(),
};

/// A bucket that is there.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Found {
    #[serde(default)]
    versioning: Versioning,
    soft_delete_policy: Option<SoftDelete>,
}

#[derive(Debug, Default, Deserialize)]
struct Versioning {
    #[serde(default)]
    enabled: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SoftDelete {
    retention_duration_seconds: Option<String>,
}

impl Found {
    pub(crate) fn keeps_states(&self) -> bool {
        self.versioning.enabled
    }

    /// For how long it keeps what was deleted.
    pub(crate) fn keeps_deleted(&self) -> Duration {
        let told = self.soft_delete_policy.as_ref();
        let told = told.and_then(|policy| policy.retention_duration_seconds.as_deref());
        told.map_or(USUAL_SOFT_DELETE, |text| {
            text.parse().map_or(Duration::MAX, Duration::from_secs)
        })
    }
}

/// Looks at the bucket; none if there is none.
pub(crate) async fn look(service: &Service) -> Result<Option<Found>> {
    let request = Request::get(format!("/storage/v1/b/{}", service.bucket))
        .with("fields", "versioning,softDeletePolicy");
    match service.read(&request).await {
        Ok(answer) => answer.json().map(Some),
        Err(failure) if failure.status == 404 => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

fn plan(run: &ScopeId) -> Vec<(&'static str, Resource)> {
    let bucket = Resource {
        kind: BUCKET.to_owned(),
        name: bucket(run),
    };
    vec![("bucket", bucket)]
}

/// Names of buckets are shorter than those of runs can be, and end in a letter or digit.
fn bucket(run: &ScopeId) -> String {
    let name = format!("cw-{run}");
    if name.len() <= NAME_BYTES && !name.ends_with('-') {
        return name;
    }
    let mark = BuildHasherDefault::<DefaultHasher>::default().hash_one(run.as_str());
    let start: String = name.chars().take(NAME_BYTES - 17).collect();
    format!("{start}-{mark:016x}")
}

/// The project that the settings or the environment name.
fn project(config: &Config) -> Result<String> {
    let named = config.project.clone();
    let named = named.or_else(|| std::env::var(PROJECT).ok().filter(|id| is_project(id)));
    named.ok_or_else(|| Error::invalid("project: the environment names none, so it must be given"))
}

async fn create(settings: Settings, resource: Resource) -> Result<()> {
    let mut config = Config::read(&settings)?;
    let project = project(&config)?;
    config.bucket = Some(resource.name.clone());
    let service = Service::new(&config).await?;
    let mut body = json!({
        "name": resource.name,
        "versioning": { "enabled": config.history },
        "softDeletePolicy": { "retentionDurationSeconds": "0" },
        "iamConfiguration": { "uniformBucketLevelAccess": { "enabled": true } },
    });
    if let Some(location) = config.location {
        body["location"] = location.into();
    }
    let request = Request::post("/storage/v1/b".to_owned()).with("project", project);
    match service.write(&request.json(&body)).await {
        Ok(_) => Ok(()),
        // It is there. That of somebody else cannot be looked at.
        Err(failure) if failure.verdict == Verdict::Exists && look(&service).await?.is_some() => {
            Ok(())
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn remove(settings: Settings, resource: Resource) -> Result<()> {
    let mut config = Config::read(&settings)?;
    config.bucket = Some(resource.name);
    let mut service = Service::new(&config).await?;
    let found = look(&service).await?.ok_or(ErrorKind::NotFound)?;
    service.has_history = found.keeps_states();
    sweep::clear(&service, "", None).await?;
    let request = Request::delete(format!("/storage/v1/b/{}", service.bucket));
    service.write(&request).await?;
    Ok(())
}

/// The address, the project, and the bucket if the user names one.
async fn place(settings: Settings) -> Result<String> {
    let config = Config::read(&settings)?;
    let project = project(&config).unwrap_or_default();
    let bucket = config.bucket.unwrap_or_default();
    Ok(format!("{} {project} {bucket}", config.endpoint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_needs_one_bucket_of_its_name() {
        let run = ScopeId::new("r-1").unwrap();
        let plan = plan(&run);
        let [("bucket", bucket)] = plan.as_slice() else {
            panic!("{plan:?}")
        };
        assert_eq!(bucket.name, "cw-r-1");
        for odd in ["x".repeat(63), "r-".to_owned(), "-".repeat(63)] {
            let name = super::bucket(&ScopeId::new(odd).unwrap());
            assert!(name.len() <= 63 && !name.ends_with('-'), "{name}");
        }
    }

    #[test]
    fn what_a_bucket_keeps_is_read() {
        let read = |text: &str| serde_json::from_str::<Found>(text).unwrap();
        assert!(!read("{}").keeps_states());
        assert!(read(r#"{"versioning":{"enabled":true}}"#).keeps_states());
        let kept = |text: &str| {
            let policy = format!(r#"{{"softDeletePolicy":{{{text}}}}}"#);
            read(&policy).keeps_deleted()
        };
        assert_eq!(kept(""), Duration::ZERO);
        assert_eq!(
            kept(r#""retentionDurationSeconds":"60""#),
            Duration::from_secs(60)
        );
        assert_eq!(kept(r#""retentionDurationSeconds":"x""#), Duration::MAX);
    }

    #[tokio::test]
    async fn a_place_is_a_project_and_an_address() {
        let at = |endpoint: &str, options: &[(&str, &str)]| {
            place(Settings {
                endpoint: Some(endpoint.to_owned()),
                ..Settings::default().or(options)
            })
        };
        let here = "http://127.0.0.1:1";
        let one = at(here, &[("project", "one")]).await.unwrap();
        assert_eq!(one, at(here, &[("project", "one")]).await.unwrap());
        for (endpoint, options) in [
            ("http://127.0.0.1:2", vec![("project", "one")]),
            (here, vec![("project", "two")]),
            (here, vec![("project", "one"), ("bucket", "mine")]),
        ] {
            assert_ne!(one, at(endpoint, &options).await.unwrap());
        }
    }
}
