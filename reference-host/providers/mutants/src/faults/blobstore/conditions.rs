//! Conditions of `put`.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use cloud_contract::blobstore::{Body, Driver, Expected, NewObject, PutOptions};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::states::{collected, failed, is_in, other};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::faults::keyvalue::tools::Window;
use crate::provider::lock;

/// The condition that a put goes on with, given whether the object is there and how many
/// bytes came without a size; or the failure of it.
#[derive(Debug)]
struct Instead(fn(expected: Expected, is_there: bool, unsized_bytes: usize) -> Option<Expected>);

#[async_trait]
impl DriverFault for Instead {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let is_there = to.head(name).await?.is_some();
        let (size, body) = collected(body).await;
        let unsized_bytes = options.size.map_or(size, |_| 0);
        let expected = (self.0)(options.expected, is_there, unsized_bytes);
        let expected = expected.ok_or(ErrorKind::PreconditionFailed)?;
        to.put(
            name,
            body,
            PutOptions {
                expected,
                ..options
            },
        )
        .await
    }
}

/// The comparison and the write are two steps: the first one when the put begins, or when
/// all bytes are there.
#[derive(Debug, Default)]
struct TwoSteps {
    at_the_beginning: bool,
    window: Window,
}

#[async_trait]
impl DriverFault for TwoSteps {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        mut body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        if !self.at_the_beginning {
            body = collected(body).await.1;
        }
        let is_conditional = options.expected != Expected::Any;
        if !is_in(to, name, &options.expected).await? {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        if is_conditional {
            self.window.open().await;
        }
        let expected = Expected::Any;
        to.put(
            name,
            body,
            PutOptions {
                expected,
                ..options
            },
        )
        .await
    }
}

/// Conditional puts that meet each other all fail.
#[derive(Debug, Default)]
struct Livelock {
    running: AtomicU32,
    window: Window,
}

#[async_trait]
impl DriverFault for Livelock {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        if options.expected == Expected::Any {
            return to.put(name, body, options).await;
        }
        let (_, body) = collected(body).await;
        let before = self.running.fetch_add(1, Ordering::SeqCst);
        self.window.open().await;
        let behind = self.running.fetch_sub(1, Ordering::SeqCst);
        if before > 0 || behind > 1 {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        to.put(name, body, options).await
    }
}

/// An object that was deleted cannot be created.
#[derive(Debug, Default)]
struct Barred(Mutex<HashSet<String>>);

#[async_trait]
impl DriverFault for Barred {
    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        lock(&self.0).insert(name.to_owned());
        to.delete(name, expected).await
    }

    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        if options.expected == Expected::Absent && lock(&self.0).contains(name) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        to.put(name, body, options).await
    }
}

/// A put that expects no object finds one: another error.
#[derive(Debug)]
struct AlreadyExists;

#[async_trait]
impl ContainerFault for AlreadyExists {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let creates = object.expected == Expected::Absent;
        let ended = to.container.put(name, body, object).await;
        if creates && failed(&ended, &ErrorKind::PreconditionFailed) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        ended
    }
}

/// Of puts of one object that overlap all but the first fail, for good.
#[derive(Debug, Default)]
struct OverlapFails(Mutex<HashMap<String, u32>>);

/// A put in flight.
struct Flight<'a>(&'a OverlapFails, &'a str);

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if let Some(running) = lock(&self.0.0).get_mut(self.1) {
            *running -= 1;
        }
    }
}

#[async_trait]
impl DriverFault for OverlapFails {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let before = {
            let mut running = lock(&self.0);
            let running = running.entry(name.to_owned()).or_default();
            *running += 1;
            *running - 1
        };
        let _flight = Flight(self, name);
        if before > 0 {
            return Err(other("another put of the object is in flight"));
        }
        to.put(name, body, options).await
    }
}

const PART: usize = 5 << 20;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-cond-ignored",
        "a put ignores what it expects",
        &["BLOB-COND-2"],
        driver!(Instead(|_, _, _| Some(Expected::Any))),
    ),
    Mutant::new(
        "blob-cond-absent-ignored",
        "a put that expects no object looks for one at its beginning alone",
        &["BLOB-COND-3", "BLOB-COND-4"],
        driver!(Instead(|expected, is_there, _| match expected {
            Expected::Absent if is_there => None,
            Expected::Absent => Some(Expected::Any),
            expected => Some(expected),
        })),
    ),
    Mutant::new(
        "blob-cond-version-missing-creates",
        "a put that expects a version creates an absent object",
        &["BLOB-COND-2"],
        driver!(Instead(|expected, is_there, _| match expected {
            Expected::Version(_) if !is_there => Some(Expected::Any),
            expected => Some(expected),
        })),
    ),
    Mutant::new(
        "blob-cond-always-fails",
        "a put that expects a version fails",
        &["BLOB-COND-1"],
        driver!(Instead(|expected, _, _| match expected {
            Expected::Version(_) => None,
            expected => Some(expected),
        })),
    ),
    Mutant::new(
        "blob-cond-unsized-ignored",
        "a put of more than 5 MiB without a size ignores what it expects",
        &["BLOB-COND-2"],
        driver!(Instead(|expected, _, unsized_bytes| {
            Some(if unsized_bytes > PART {
                Expected::Any
            } else {
                expected
            })
        })),
    ),
    Mutant::new(
        "blob-cond-absent-fails",
        "an object that was deleted cannot be created",
        &["BLOB-COND-1"],
        driver!(Barred::default()),
    ),
    Mutant::new(
        "blob-cond-already-exists",
        "a put that expects no object and finds one returns `already-exists`",
        &["BLOB-COND-2", "TYP-ERR-1"],
        container!(AlreadyExists),
    ),
    Mutant::new(
        "blob-cond-two-steps",
        "a put compares what it expects when all bytes are there, and writes in another step",
        &["BLOB-COND-3", "BLOB-COND-4"],
        driver!(TwoSteps::default()),
    ),
    Mutant::new(
        "blob-cond-compared-first",
        "a put compares what it expects before it reads its stream",
        &["BLOB-COND-3", "BLOB-COND-4"],
        driver!(TwoSteps {
            at_the_beginning: true,
            window: Window::default(),
        }),
    ),
    Mutant::new(
        "blob-cond-nobody-wins",
        "conditional puts that meet each other all fail",
        &["BLOB-COND-4", "BLOB-COND-5"],
        driver!(Livelock::default()),
    ),
    Mutant::new(
        "blob-put-overlap-fails",
        "a put that overlaps another one of its object ends with a text",
        &["BLOB-COND-6", "BLOB-PUT-4"],
        driver!(OverlapFails::default()),
    ),
];
