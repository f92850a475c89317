//! The table of a run. Removing a table takes the service most of a minute, in
//! which its name cannot be used, so every run has one of its own.

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use cloud_contract::{ErrorKind, Resource, Resources, Result, ScopeId, Settings};
use reqwest::Method;
use sha2::{Digest as _, Sha256};

use crate::config::Config;
use crate::error::unexpected_reply;
use crate::link::{Answer, Client, Request};

const KIND: &str = "azure-table";
/// The longest name that a table can have.
const NAME_MAX: usize = 63;
/// How often it is asked whether a table of this name is gone by now.
const ATTEMPTS: u32 = 30;
const PAUSE: Duration = Duration::from_secs(2);

pub(crate) const RESOURCES: Resources = Resources {
    plan: |run| {
        let table = Resource {
            kind: KIND.to_owned(),
            name: table_name(run),
        };
        vec![("table", table)]
    },
    create: |settings, resource| Box::pin(create(settings, resource)),
    remove: |settings, resource| Box::pin(remove(settings, resource)),
    place: |settings| Box::pin(std::future::ready(place(&settings))),
    policy,
};

/// Letters and digits only, and two runs never the same: `-` becomes `z0`, `z`
/// becomes `z1`. Names that are too long end with a hash of the whole.
fn table_name(run: &ScopeId) -> String {
    let mut name = String::from("cw");
    for character in run.as_str().chars() {
        match character {
            '-' => name.push_str("z0"),
            'z' => name.push_str("z1"),
            other => name.push(other),
        }
    }
    if name.len() > NAME_MAX {
        // No short name has a `zz`.
        name.truncate(NAME_MAX - 34);
        name.push_str("zz");
        for byte in &Sha256::digest(run.as_str())[..16] {
            // Writing to a string cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
    }
    name
}

async fn create(settings: Settings, resource: Resource) -> Result<()> {
    let client = Client::new(Config::read(&settings)?)?;
    let body = format!("{{\"TableName\":\"{}\"}}", resource.name);
    let request = Request {
        path: "Tables".to_owned(),
        body: Some(Bytes::from(body)),
        ..Request::of(Method::POST)
    };
    for attempt in 1.. {
        match client.send(&request).await {
            Ok(Answer::Done(_) | Answer::Exists) => break,
            Ok(Answer::Absent | Answer::Changed) => return Err(unexpected_reply()),
            Err(error) if crate::error::is_being_deleted(&error) && attempt < ATTEMPTS => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn remove(settings: Settings, resource: Resource) -> Result<()> {
    let client = Client::new(Config::read(&settings)?)?;
    let request = Request {
        path: format!("Tables('{}')", resource.name),
        ..Request::of(Method::DELETE)
    };
    match client.send(&request).await {
        Ok(Answer::Done(_)) => Ok(()),
        Ok(Answer::Absent) => Err(ErrorKind::NotFound.into()),
        Ok(Answer::Exists | Answer::Changed) => Err(unexpected_reply()),
        Err(error) => Err(error),
    }
}

/// Where the account is, which it is, and the table if the user names one.
fn place(settings: &Settings) -> Result<String> {
    let config = Config::read(settings)?;
    let table = config.table.unwrap_or_default();
    let account = config.account;
    Ok(format!("{} {} {table}", account.endpoint, account.name))
}

/// A custom role. To assign it on single tables these must be there; a role that
/// also creates them is assigned on the account.
fn policy(resources: &[Resource]) -> String {
    let tables: Vec<&str> = resources
        .iter()
        .filter(|resource| resource.kind == KIND)
        .map(|resource| resource.name.as_str())
        .collect();
    let service = "Microsoft.Storage/storageAccounts/tableServices/tables";
    let actions = ["read", "write", "delete"].map(|action| format!("{service}/{action}"));
    let data = ["read", "write", "delete", "add/action", "update/action"]
        .map(|action| format!("{service}/entities/{action}"));
    let role = serde_json::json!({
        "Name": "cloud-wit conformance run",
        "IsCustom": true,
        "Description": format!("Creates, uses and removes the tables {}", tables.join(", ")),
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
            "z",
            "z0",
            "z-",
            "-z",
            "--",
            "run-7",
            "runz7",
            "runz07",
            &format!("{long}a"),
            &format!("{long}b"),
            &format!("{long}-"),
            &"-".repeat(30),
            &"-".repeat(31),
            &"z".repeat(63),
        ]
        .map(|run| ScopeId::new(run).unwrap());
        let mut names: Vec<String> = runs.iter().map(table_name).collect();
        for name in &names {
            assert!((3..=63).contains(&name.len()), "{name}");
            assert!(name.starts_with("cw"));
            assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), runs.len());
        assert_eq!(table_name(&runs[8]), "cwrunz07");
    }

    #[test]
    fn the_policy_names_the_tables_and_no_more_than_tables() {
        let run = ScopeId::new("run1").unwrap();
        let resources: Vec<Resource> = (RESOURCES.plan)(&run)
            .into_iter()
            .map(|(option, resource)| {
                assert_eq!(option, "table");
                resource
            })
            .collect();
        let policy = policy(&resources);
        assert!(
            policy.contains("cwrun1") && !policy.contains('*'),
            "{policy}"
        );
    }

    #[test]
    fn a_place_is_an_account_and_tells_no_key() {
        let place = |account: &str, key: &str, table: &[(&str, &str)]| {
            let options = [("account", account), ("key", key)];
            place(&Settings::default().or(&options).or(table)).unwrap()
        };
        let one = place("account1", "c2VzYW1l", &[]);
        assert_eq!(one, place("account1", "b3RoZXI=", &[]));
        assert_ne!(one, place("account2", "c2VzYW1l", &[]));
        assert_ne!(one, place("account1", "c2VzYW1l", &[("table", "mine")]));
        assert!(
            !one.contains("sesame") && !one.contains("c2VzYW1l"),
            "{one}"
        );
    }
}
