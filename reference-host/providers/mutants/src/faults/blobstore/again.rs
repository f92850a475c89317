//! Faults of containers that come back.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Appended, Body, Container, Content, CopyRequest, Driver, Expected, Info, ListRequest, Part,
    PutOptions, Range, RenameRequest,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::history::every_state;
use super::{driver, platform};
use crate::Mutant;
use crate::blobstore::driver::DriverFault;
use crate::platform::{Door, PlatformFault};
use crate::provider::lock;

/// A version is the number of states that the object has had in its container.
#[derive(Debug)]
struct Counted;

/// The versions of all states that an object has had, the first one first.
async fn states(to: &dyn Driver, name: &str) -> Result<Vec<Version>> {
    let states = every_state(to, name).await?;
    Ok(states
        .into_iter()
        .rev()
        .map(|state| state.version)
        .collect())
}

/// The number of a state.
async fn number(to: &dyn Driver, name: &str, version: Version) -> Result<Version> {
    let states = states(to, name).await?;
    let place = states.iter().position(|state| *state == version);
    Ok(place.map_or(version, |place| (place + 1).to_string().into()))
}

/// The version of the state with a number. Another text stays what it is.
async fn version(to: &dyn Driver, name: &str, number: &Version) -> Result<Version> {
    let place = number.parse::<usize>().ok();
    let place = place.and_then(|number| number.checked_sub(1));
    let states = states(to, name).await?;
    let found = place.and_then(|place| states.into_iter().nth(place));
    Ok(found.unwrap_or_else(|| number.clone()))
}

async fn state(to: &dyn Driver, name: &str, expected: &Expected) -> Result<Expected> {
    Ok(match expected {
        Expected::Version(number) => Expected::Version(version(to, name, number).await?),
        expected => expected.clone(),
    })
}

async fn counted(to: &dyn Driver, name: &str, info: Info) -> Result<Info> {
    let version = number(to, name, info.version).await?;
    Ok(Info { version, ..info })
}

#[async_trait]
impl DriverFault for Counted {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let expected = state(to, name, &options.expected).await?;
        let options = PutOptions {
            expected,
            ..options
        };
        let version = to.put(name, body, options).await?;
        number(to, name, version).await
    }

    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let expected = match expected {
            Some(number) => Some(version(to, name, number).await?),
            None => None,
        };
        let Some(found) = to.get(name, range, expected.as_ref()).await? else {
            return Ok(None);
        };
        let info = counted(to, name, found.info).await?;
        Ok(Some(Content { info, ..found }))
    }

    async fn head(&self, to: &dyn Driver, name: &str) -> Result<Option<Info>> {
        match to.head(name).await? {
            Some(info) => counted(to, name, info).await.map(Some),
            None => Ok(None),
        }
    }

    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        match expected {
            Some(number) => {
                let version = version(to, name, number).await?;
                to.delete(name, Some(&version)).await
            }
            None => to.delete(name, None).await,
        }
    }

    /// The bytes go through the host, which puts them.
    async fn copy(&self, _: &dyn Driver, _: CopyRequest<'_>) -> Result<Option<Version>> {
        Ok(None)
    }

    async fn rename(&self, to: &dyn Driver, request: RenameRequest<'_>) -> Result<Version> {
        let expected = state(to, request.new_name, request.expected).await?;
        let new_name = request.new_name;
        let request = RenameRequest {
            expected: &expected,
            ..request
        };
        let version = to.rename(request).await?;
        number(to, new_name, version).await
    }

    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let appended = to.append(name, body, at).await?;
        let version = number(to, name, appended.version).await?;
        Ok(Appended {
            version,
            ..appended
        })
    }

    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let expected = state(to, name, expected).await?;
        let version = to.complete(name, upload, parts, &expected).await?;
        number(to, name, version).await
    }
}

/// A container that is removed is only hidden, with the earlier states in it.
#[derive(Debug, Default)]
struct Hides(Mutex<HashSet<String>>);

impl Hides {
    fn is_hidden(&self, name: &str) -> bool {
        lock(&self.0).contains(name)
    }
}

#[async_trait]
impl PlatformFault for Hides {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        if self.is_hidden(name) {
            return Err(ErrorKind::NotFound.into());
        }
        to.open_container(name).await
    }

    async fn create_container(&self, to: &Door, name: &str) -> Result<()> {
        if lock(&self.0).remove(name) {
            return Ok(());
        }
        to.create_container(name).await
    }

    async fn delete_container(&self, to: &Door, name: &str) -> Result<()> {
        let Some(grant) = to.grant(name) else {
            return to.delete_container(name).await;
        };
        if self.is_hidden(name) {
            return Err(ErrorKind::NotFound.into());
        }
        let any = ListRequest {
            prefix: "",
            delimiter: None,
            after: None,
            limit: 1,
        };
        let driver = grant.namespace.blobstore(&grant.target).await;
        let is_empty = match driver {
            Ok(driver) => driver.list(any).await?.items.is_empty(),
            Err(_) => false,
        };
        if !is_empty {
            return to.delete_container(name).await;
        }
        lock(&self.0).insert(name.to_owned());
        Ok(())
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-version-counted",
        "versions of an object are counted from one in each container",
        &["TYP-VER-1"],
        driver!(Counted),
    ),
    Mutant::new(
        "blob-remove-hides",
        "a container that comes back has the earlier states of before",
        &["BLOB-CREATE-1", "BLOB-GETVERSION-2"],
        platform!(Hides::default()),
    ),
];
