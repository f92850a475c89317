//! The bucket of a run: made before, removed after, and the rights to do so.

use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::time::{Duration, Instant};

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use cloud_contract::{ErrorKind, Resource, Resources, Result, ScopeId, Settings};

use crate::config::Config;
use crate::error::{code, kind, translate};
use crate::link::{self, Service, pause, read, write};
use crate::sweep;

/// The kind of our resources.
const BUCKET: &str = "s3-bucket";
/// How long a bucket may take to come or to go.
const LIMIT: Duration = Duration::from_secs(60);
/// The longest name of a bucket.
const NAME_BYTES: usize = 63;
/// Where a bucket is that is made without a place. It cannot be named.
const DEFAULT_REGION: &str = "us-east-1";

/// What the driver and this file ask of a bucket, and of what is in it.
const OF_BUCKET: &[&str] = &[
    "CreateBucket",
    "DeleteBucket",
    "ListBucket",
    "ListBucketMultipartUploads",
];
const OF_OBJECTS: &[&str] = &[
    "AbortMultipartUpload",
    "DeleteObject",
    "GetObject",
    "ListMultipartUploadParts",
    "PutObject",
];

pub(crate) const RESOURCES: Resources = Resources {
    plan,
    create: |settings, resource| Box::pin(create(settings, resource)),
    remove: |settings, resource| Box::pin(remove(settings, resource)),
    place: |settings| Box::pin(place(settings)),
    policy,
};

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

async fn service(settings: &Settings, bucket: Resource) -> Result<Service> {
    let mut config = Config::read(settings)?;
    config.bucket = Some(bucket.name);
    Service::new(config).await
}

async fn create(settings: Settings, resource: Resource) -> Result<()> {
    let service = service(&settings, resource).await?;
    let place = (service.region != DEFAULT_REGION).then(|| {
        let region = BucketLocationConstraint::from(service.region.as_str());
        let place = CreateBucketConfiguration::builder();
        place.location_constraint(region).build()
    });
    let request = || {
        let create = service.client.create_bucket().bucket(&service.bucket);
        create.set_create_bucket_configuration(place.clone()).send()
    };
    match write(request).await {
        Ok(_) => {}
        // It is there, and ours.
        Err(error) if code(&error) == "BucketAlreadyOwnedByYou" => {}
        Err(error) => return Err(translate(error)),
    }
    wait(&service, true).await
}

async fn remove(settings: Settings, resource: Resource) -> Result<()> {
    let service = service(&settings, resource).await?;
    sweep::clear(&service, "", None).await?;
    let request = || {
        service
            .client
            .delete_bucket()
            .bucket(&service.bucket)
            .send()
    };
    write(request).await.map_err(translate)?;
    wait(&service, false).await
}

/// Looks at the bucket until it is there, or not.
async fn wait(service: &Service, wanted: bool) -> Result<()> {
    let started = Instant::now();
    for number in 1.. {
        let request = || service.client.head_bucket().bucket(&service.bucket).send();
        let is_there = match read(request).await {
            Ok(_) => true,
            Err(error) if kind(&error) == ErrorKind::NotFound => false,
            Err(error) => return Err(translate(error)),
        };
        if is_there == wanted {
            break;
        }
        if started.elapsed() > LIMIT {
            return Err(ErrorKind::Timeout.into());
        }
        pause(number).await;
    }
    Ok(())
}

/// The address, the region, the account if the credentials know it, and the bucket if
/// the user names one. The account is not always known: two of them may be one place.
async fn place(settings: Settings) -> Result<String> {
    let config = Config::read(&settings)?;
    let bucket = config.bucket.clone().unwrap_or_default();
    let found = link::find(config).await?;
    let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
    let account = found.credentials.account_id();
    Ok(format!(
        "{} {} {} {bucket}",
        found.address,
        text(found.config.region().map(AsRef::as_ref)),
        text(account.map(aws_credential_types::attributes::AccountId::as_str)),
    ))
}

/// An identity-based policy of IAM.
fn policy(resources: &[Resource]) -> String {
    let buckets = resources.iter().filter(|resource| resource.kind == BUCKET);
    let names: Vec<String> = buckets
        .map(|bucket| format!("arn:aws:s3:::{}", bucket.name))
        .collect();
    let contents: Vec<String> = names.iter().map(|name| format!("{name}/*")).collect();
    format!(
        "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n{},\n{}\n  ]\n}}",
        statement(OF_BUCKET, &names),
        statement(OF_OBJECTS, &contents),
    )
}

fn statement(actions: &[&str], resources: &[String]) -> String {
    let lines = |texts: Vec<String>| -> String {
        let lines: Vec<String> = texts
            .iter()
            .map(|text| format!("        \"{text}\""))
            .collect();
        lines.join(",\n")
    };
    format!(
        r#"    {{
      "Effect": "Allow",
      "Action": [
{}
      ],
      "Resource": [
{}
      ]
    }}"#,
        lines(
            actions
                .iter()
                .map(|action| format!("s3:{action}"))
                .collect()
        ),
        lines(resources.to_vec()),
    )
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
    fn the_policy_names_the_buckets_and_no_others() {
        let run = ScopeId::new("r-1").unwrap();
        let buckets: Vec<Resource> = plan(&run).into_iter().map(|(_, bucket)| bucket).collect();
        let policy = policy(&buckets);
        assert!(policy.contains("\"arn:aws:s3:::cw-r-1\"\n"));
        assert!(policy.contains("\"arn:aws:s3:::cw-r-1/*\"\n"));
        assert!(policy.contains("\"s3:PutObject\"\n") && !policy.contains("s3:*"));
        assert_eq!(policy.matches('{').count(), policy.matches('}').count());
    }

    #[tokio::test]
    async fn a_place_is_a_region_and_an_address_and_tells_no_credentials() {
        let place = async |endpoint: &str, region: &str, key: &str, bucket: &[(&str, &str)]| {
            let options = [
                ("region", region),
                ("access-key-id", key),
                ("secret-access-key", "sesame"),
            ];
            let settings = Settings {
                endpoint: Some(endpoint.to_owned()),
                ..Settings::default()
            };
            place(settings.or(&options).or(bucket)).await.unwrap()
        };
        let (here, there) = ("http://127.0.0.1:1", "http://127.0.0.1:2");
        let one = place(here, "eu-west-1", "id", &[]).await;
        assert_eq!(one, place(here, "eu-west-1", "another", &[]).await);
        assert_ne!(one, place(there, "eu-west-1", "id", &[]).await);
        assert_ne!(one, place(here, "us-east-1", "id", &[]).await);
        let bucket = [("bucket", "mine")];
        assert_ne!(one, place(here, "eu-west-1", "id", &bucket).await);
        assert!(!one.contains("sesame") && !one.contains("id "), "{one}");
    }
}
