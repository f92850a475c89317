//! The container of a run: made before, removed after, and the rights to do so. Removing
//! one takes the service most of a minute, in which its name cannot be used, so every run
//! has one of its own, and what a guest takes for containers are prefixes in it.

use std::fmt::Write as _;
use std::time::Duration;

use cloud_contract::{ErrorKind, Resource, Resources, Result, ScopeId, Settings};
use reqwest::Method;
use sha2::{Digest as _, Sha256};

use crate::config::{Config, is_container};
use crate::error::CONTAINER_LEAVING;
use crate::link::{Ask, Service};

const KIND: &str = "azure-blob-container";
/// The longest name that a container can have, and what a hash takes of it.
const NAME_BYTES: usize = 63;
const HASH_BYTES: usize = 1 + 32;
/// How often it is asked whether a container of this name is gone by now.
const ATTEMPTS: u32 = 30;
const PAUSE: Duration = Duration::from_secs(2);

pub(crate) const RESOURCES: Resources = Resources {
    plan: |run| {
        let container = Resource {
            kind: KIND.to_owned(),
            name: container(run),
        };
        vec![("container", container)]
    },
    create: |settings, resource| Box::pin(create(settings, resource)),
    remove: |settings, resource| Box::pin(remove(settings, resource)),
    place: |settings| Box::pin(std::future::ready(place(&settings))),
    policy,
};

/// A name that no container can have ends with a hash of the whole.
fn container(run: &ScopeId) -> String {
    let name = format!("cw-{run}");
    // The form of one with a hash is left to those.
    let is_hashed = name.len() > HASH_BYTES && name.contains("-h");
    if is_container(&name) && !is_hashed {
        return name;
    }
    let parts = name.split('-').filter(|part| !part.is_empty());
    let mut name = parts.collect::<Vec<_>>().join("-");
    name.truncate(NAME_BYTES - HASH_BYTES - 1);
    let mut name = name.trim_end_matches('-').to_owned();
    name.push_str("-h");
    for byte in &Sha256::digest(run.as_str())[..16] {
        // Writing to a string cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

fn service(settings: &Settings, resource: Resource) -> Result<Service> {
    let mut config = Config::read(settings)?;
    config.container = Some(resource.name);
    Service::new(config)
}

async fn create(settings: Settings, resource: Resource) -> Result<()> {
    let service = service(&settings, resource)?;
    for attempt in 1.. {
        match service.write(&Ask::container(Method::PUT)).await {
            Ok(_) => break,
            // It is there, and ours.
            Err(failure) if *failure.kind() == ErrorKind::AlreadyExists => break,
            Err(failure) if failure.code == CONTAINER_LEAVING && attempt < ATTEMPTS => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(())
}

async fn remove(settings: Settings, resource: Resource) -> Result<()> {
    let service = service(&settings, resource)?;
    // With all that is in it.
    service.write(&Ask::container(Method::DELETE)).await?;
    Ok(())
}

/// Where the account is, which it is, and the container if the user names one.
fn place(settings: &Settings) -> Result<String> {
    let config = Config::read(settings)?;
    let (account, container) = (config.account, config.container.unwrap_or_default());
    Ok(format!("{} {} {container}", account.endpoint, account.name))
}

/// A custom role. To assign it on single containers these must be there; a role that
/// also creates them is assigned on the account.
fn policy(resources: &[Resource]) -> String {
    let containers: Vec<&str> = resources
        .iter()
        .filter(|resource| resource.kind == KIND)
        .map(|resource| resource.name.as_str())
        .collect();
    let service = "Microsoft.Storage/storageAccounts/blobServices/containers";
    let actions = ["read", "write", "delete"].map(|action| format!("{service}/{action}"));
    let data =
        ["read", "write", "delete", "add/action"].map(|action| format!("{service}/blobs/{action}"));
    let role = serde_json::json!({
        "Name": "cloud-wit conformance run",
        "IsCustom": true,
        "Description": format!(
            "Creates, uses and removes the containers {}", containers.join(", ")
        ),
        "Actions": actions,
        "NotActions": [],
        "DataActions": data,
        "NotDataActions": [],
        "AssignableScopes": ["/subscriptions/SUBSCRIPTION/resourceGroups/GROUP"],
    });
    format!("{role:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_obey_the_rules_and_differ() {
        let long = "x".repeat(62);
        let runs = [
            "a",
            "1",
            "-",
            "--",
            "a-",
            "a--b",
            "a-b",
            "run-7",
            &format!("{long}a"),
            &format!("{long}b"),
            &format!("{long}-"),
            &"-".repeat(63),
        ]
        .map(|run| ScopeId::new(run).unwrap());
        let mut names: Vec<String> = runs.iter().map(container).collect();
        // One that looks like a name with a hash.
        let hashed = names[4].strip_prefix("cw-").unwrap();
        names.push(container(&ScopeId::new(hashed).unwrap()));
        for name in &names {
            assert!(is_container(name), "{name}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), runs.len() + 1);
        assert_eq!(container(&runs[7]), "cw-run-7");
    }

    #[test]
    fn the_policy_names_the_containers_and_no_more_than_blobs() {
        let run = ScopeId::new("run1").unwrap();
        let resources: Vec<Resource> = (RESOURCES.plan)(&run)
            .into_iter()
            .map(|(option, resource)| {
                assert_eq!(option, "container");
                resource
            })
            .collect();
        let policy = policy(&resources);
        assert!(
            policy.contains("cw-run1") && !policy.contains('*'),
            "{policy}"
        );
    }

    #[test]
    fn a_place_is_an_account_and_tells_no_key() {
        let place = |account: &str, key: &str, container: &[(&str, &str)]| {
            let options = [("account", account), ("key", key)];
            place(&Settings::default().or(&options).or(container)).unwrap()
        };
        let one = place("account1", "c2VzYW1l", &[]);
        assert_eq!(one, place("account1", "b3RoZXI=", &[]));
        assert_ne!(one, place("account2", "c2VzYW1l", &[]));
        assert_ne!(one, place("account1", "c2VzYW1l", &[("container", "mine")]));
        assert!(
            !one.contains("sesame") && !one.contains("c2VzYW1l"),
            "{one}"
        );
    }
}
