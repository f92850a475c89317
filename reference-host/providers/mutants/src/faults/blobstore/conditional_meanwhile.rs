//! `delete-if` and `copy-if` beside other calls: large copies that take a while, readers
//! that see them half done or lose what they read, and calls that are dropped.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::blobstore::{
    Body, CopyRequest, Driver, Expected, Info, NewObject, Range, Reading, Site,
};
use cloud_contract::keyvalue::Version;
use futures::StreamExt as _;

use super::states::{is_in, state_of, write};
use super::whole::Whole;
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::faults::keyvalue::tools::Window;
use crate::provider::lock;

/// What is copied in one step however it is copied.
const SMALL: u64 = 1 << 20;

/// Waits until an object is no longer in a state, for as long as a large copy may take.
async fn until_changed(to: &dyn Driver, name: &str, state: &Expected) -> Result<()> {
    for _ in 0..200 {
        if !is_in(to, name, state).await? {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

/// A large copy compares what it is to replace, and takes its place in another step.
#[derive(Debug)]
struct LargeTargetFirst;

#[async_trait]
impl DriverFault for LargeTargetFirst {
    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let CopyRequest {
            name,
            new_name,
            expected,
            ..
        } = request;
        let is_large = to.head(name).await?.is_some_and(|info| info.size > SMALL);
        if !is_large || *expected == Expected::Any || !is_in(to, new_name, expected).await? {
            return to.copy(request).await;
        }
        until_changed(to, new_name, expected).await?;
        let expected = &Expected::Any;
        to.copy(CopyRequest {
            expected,
            ..request
        })
        .await
    }
}

/// A large copy compares its source, and copies what is there then.
#[derive(Debug)]
struct LargeSourceFirst;

#[async_trait]
impl DriverFault for LargeSourceFirst {
    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let found = to.head(request.name).await?;
        let found = found.filter(|info| info.size > SMALL && Some(&info.version) == request.source);
        let Some(found) = found else {
            return to.copy(request).await;
        };
        until_changed(to, request.name, &Expected::Version(found.version)).await?;
        let source = None;
        to.copy(CopyRequest { source, ..request }).await
    }
}

/// What `copy-if` overwrites has the first half of the new bytes for a while.
#[derive(Debug)]
struct HalfShown;

/// Enough to be copied in pieces.
const PIECES: usize = 100_000;
/// How long a half can be seen.
const HALF: Duration = Duration::from_millis(20);

#[async_trait]
impl ContainerFault for HalfShown {
    async fn copy_if(
        &self,
        to: &Target,
        name: &str,
        source: Option<&Version>,
        site: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let (driver, container) = (&*to.driver, &to.container);
        let is_here = name != new_name && std::ptr::eq(site, container.site());
        let states = (
            state_of(driver, name).await?,
            state_of(driver, new_name).await?,
        );
        let (Some(new), Some(old)) = states else {
            let copied = container.copy_if(name, source, site, new_name, expected);
            return copied.await;
        };
        if !is_here
            || new.bytes.len() < PIECES
            || source.is_some_and(|source| *source != new.info.version)
            || !is_in(driver, new_name, expected).await?
        {
            let copied = container.copy_if(name, source, site, new_name, expected);
            return copied.await;
        }
        let half = new.bytes.len() / 2;
        let rest = old.bytes.slice(half.min(old.bytes.len())..);
        let mixed = [new.bytes.slice(..half), rest].concat();
        let (content_type, metadata) = (new.info.content_type, new.info.metadata);
        write(driver, new_name, mixed.into(), content_type, metadata).await?;
        tokio::time::sleep(HALF).await;
        let any = &Expected::Any;
        container.copy_if(name, source, site, new_name, any).await
    }
}

/// A copy of an object onto itself returns a version that nothing has.
#[derive(Debug)]
struct SelfToldWrong;

#[async_trait]
impl ContainerFault for SelfToldWrong {
    async fn copy_if(
        &self,
        to: &Target,
        name: &str,
        source: Option<&Version>,
        site: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let is_itself = name == new_name && std::ptr::eq(site, to.container.site());
        let made = to
            .container
            .copy_if(name, source, site, new_name, expected)
            .await?;
        Ok(if is_itself { "0".into() } else { made })
    }
}

/// What a get still has to deliver is zeros once `delete-if` has removed its object.
#[derive(Debug, Default)]
struct Blanks(Arc<Mutex<HashSet<Version>>>);

#[async_trait]
impl ContainerFault for Blanks {
    async fn delete_if(&self, to: &Target, name: &str, expected: &Version) -> Result<()> {
        to.container.delete_if(name, expected).await?;
        lock(&self.0).insert(expected.clone());
        Ok(())
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let Some(reading) = to.container.get(name, range, expected).await? else {
            return Ok(None);
        };
        let (gone, version) = (Arc::clone(&self.0), reading.info.version.clone());
        let data = reading.data.map(move |piece| {
            let is_gone = lock(&gone).contains(&version);
            piece.map(|piece| match is_gone {
                true => Bytes::from(vec![0; piece.len()]),
                false => piece,
            })
        });
        Ok(Some(Reading {
            data: Box::pin(data),
            ..reading
        }))
    }
}

/// A `copy-if` that is dropped leaves the first half of what it was to replace.
#[derive(Debug, Default)]
struct HalvedByDrop {
    halved: Mutex<HashSet<String>>,
    window: Window,
}

/// A `copy-if` in flight, until its name is taken.
struct Flight<'a>(&'a HalvedByDrop, Option<&'a str>);

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if let Some(name) = self.1 {
            lock(&self.0.halved).insert(name.to_owned());
        }
    }
}

impl HalvedByDrop {
    /// The half of an object that was left; none if all of it is there.
    async fn left(&self, to: &Target, name: &str) -> Result<Option<Whole>> {
        if !lock(&self.halved).contains(name) {
            return Ok(None);
        }
        let found = Whole::of(&*to.driver, name).await?;
        Ok(found.map(|mut whole| {
            whole.bytes.truncate(whole.bytes.len() / 2);
            whole.info.size = whole.bytes.len() as u64;
            whole
        }))
    }
}

#[async_trait]
impl ContainerFault for HalvedByDrop {
    async fn copy_if(
        &self,
        to: &Target,
        name: &str,
        source: Option<&Version>,
        site: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let mut flight = Flight(self, Some(new_name));
        self.window.open().await;
        flight.1 = None;
        drop(flight);
        let copied = to.container.copy_if(name, source, site, new_name, expected);
        copied.await
    }

    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let version = to.container.put(name, body, object).await?;
        lock(&self.halved).remove(name);
        Ok(version)
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        match self.left(to, name).await? {
            Some(half) => half.reading(range).map(Some),
            None => to.container.get(name, range, expected).await,
        }
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        match self.left(to, name).await? {
            Some(half) => Ok(Some(half.info)),
            None => to.container.head(name).await,
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-copy-if-large-target-first",
        "`copy-if` of more than a mebibyte compares the new object, and writes it in another step",
        &["BLOB-COND-3"],
        driver!(LargeTargetFirst),
    ),
    Mutant::new(
        "blob-copy-if-large-source-first",
        "`copy-if` of more than a mebibyte compares the source, and copies what is there then",
        &["BLOB-COPY-IF-2"],
        driver!(LargeSourceFirst),
    ),
    Mutant::new(
        "blob-copy-if-half-shown",
        "what `copy-if` overwrites has half of the new bytes for a while",
        &["BLOB-DATA-3", "BLOB-DATA-4"],
        container!(HalfShown),
    ),
    Mutant::new(
        "blob-copy-if-self-told-wrong",
        "`copy-if` of an object onto itself returns a version that the object does not have",
        &["BLOB-COPY-IF-1"],
        container!(SelfToldWrong),
    ),
    Mutant::new(
        "blob-copy-if-drop-halves",
        "a `copy-if` that was dropped leaves half of the object",
        &["TYP-CALL-1"],
        container!(HalvedByDrop::default()),
    ),
    Mutant::new(
        "blob-delete-if-blanks",
        "a get goes on with zeros when `delete-if` removes its object",
        &["BLOB-GET-11"],
        container!(Blanks::default()),
    ),
];
