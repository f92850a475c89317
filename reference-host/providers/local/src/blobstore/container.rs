//! One container: conversion between the driver trait, the files and the engine.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Appended, Body, Content, CopyRequest, Driver, Expected, Info, ItemPage, ListRequest, Metadata,
    Part, PutOptions, Range, ReceivedPart, RenameRequest,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::append::{self, Merged};
use super::files::Hold;
use super::ledger::{NewState, Target, meets};
use super::reader::{Reader, deliver, stretches};
use super::record::Object;
use super::uploads::is_stale;
use super::writer::{Received, receive};
use crate::engine::Engine;
use crate::error;

#[derive(Debug)]
pub(crate) struct Container {
    engine: Arc<Engine>,
    /// The number under which its siblings are.
    scope: u64,
    number: u64,
}

impl Container {
    pub(crate) fn new(engine: Arc<Engine>, scope: u64, number: u64) -> Self {
        Self {
            engine,
            scope,
            number,
        }
    }

    fn object(&self, name: &str) -> Result<Option<Object>> {
        self.engine
            .read(|snapshot| snapshot.object(self.number, name))
    }

    async fn receive(&self, body: Body) -> Result<Received> {
        receive(self.engine.files(), body).await
    }

    /// The object, with a hold on files that `choose` takes of it.
    fn held(
        &self,
        name: &str,
        choose: impl Fn(&Object) -> Result<Vec<u128>>,
    ) -> Result<Option<(Object, Hold)>> {
        loop {
            let Some(object) = self.object(name)? else {
                return Ok(None);
            };
            let hold = self.engine.files().hold(choose(&object)?);
            // What has the files now had them when they were held, so they stay.
            let again = self
                .engine
                .read(|snapshot| snapshot.object_version(self.number, name))?;
            if again == Some(object.head.version) {
                return Ok(Some((object, hold)));
            }
        }
    }

    /// Refuses a call for an upload that is not there. The call has named it, so it is
    /// kept for some time more.
    async fn name_upload(&self, name: &str, upload: &str) -> Result<()> {
        let found = self.engine.read(|snapshot| {
            let found = snapshot.upload(self.number, name, upload)?;
            Ok(is_stale(&found, snapshot.now))
        });
        if found? {
            let (number, name, upload) = (self.number, name.to_owned(), upload.to_owned());
            let touch = self
                .engine
                .write(0, move |ledger| ledger.touch_upload(number, &name, &upload));
            touch.await?;
        }
        Ok(())
    }

    /// The end of an object and an addition in one file, where there are too many.
    async fn merge(&self, name: &str, received: &Received) -> Option<Merged> {
        let files = |object: &Object| Ok(object.pieces.iter().map(|piece| piece.file).collect());
        let merged = async {
            let Some((object, hold)) = self.held(name, files)? else {
                return Ok(None);
            };
            append::merge(self.engine.files(), object.pieces, hold, received).await
        };
        merged.await.unwrap_or_else(|error: cloud_contract::Error| {
            // The addition does not need it.
            tracing::warn!(%error, "additions could not be put together");
            None
        })
    }
}

#[async_trait]
impl Driver for Container {
    async fn put(&self, name: &str, body: Body, options: PutOptions) -> Result<Version> {
        let PutOptions {
            content_type,
            metadata,
            expected,
            ..
        } = options;
        // What cannot happen any more need not be written.
        if !meets(self.object(name)?.as_ref(), &expected) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        let state = NewState {
            received: self.receive(body).await?,
            content_type,
            metadata,
        };
        let (number, name) = (self.number, name.to_owned());
        self.engine
            .write(name.len() + weight(&state.metadata), move |ledger| {
                ledger.put_object(number, &name, state, &expected)
            })
            .await
    }

    async fn get(
        &self,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let choose = |object: &Object| {
            if expected.is_some_and(|expected| object.version() != *expected) {
                return Err(ErrorKind::PreconditionFailed.into());
            }
            if range.covers(object.head.size).is_none() {
                return Err(ErrorKind::OutOfRange.into());
            }
            let found = stretches(&object.pieces, range);
            Ok(found.iter().map(|stretch| stretch.file).collect())
        };
        let Some((object, hold)) = self.held(name, choose)? else {
            return Ok(None);
        };
        let found = stretches(&object.pieces, range);
        let reader = Reader::new(self.engine.files(), found, hold);
        Ok(Some(Content {
            info: object.info(),
            data: deliver(Arc::clone(&self.engine), reader),
        }))
    }

    async fn head(&self, name: &str) -> Result<Option<Info>> {
        Ok(self.object(name)?.map(Object::info))
    }

    async fn delete(&self, name: &str, expected: Option<&Version>) -> Result<()> {
        let (number, name) = (self.number, name.to_owned());
        let expected = expected.cloned().map_or(Expected::Any, Expected::Version);
        self.engine
            .write(name.len(), move |ledger| {
                ledger.delete_object(number, &name, &expected)
            })
            .await
    }

    async fn delete_many(&self, names: &[String]) -> Vec<Result<()>> {
        let (number, names) = (self.number, names.to_vec());
        let items = names.len();
        let bytes = names.iter().map(String::len).sum();
        let removed = self
            .engine
            .write(bytes, move |ledger| {
                let mut delete = |name: &String| {
                    error::settle(ledger.delete_object(number, name, &Expected::Any))
                };
                names.iter().map(&mut delete).collect()
            })
            .await;
        error::each(items, removed)
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<ItemPage> {
        self.engine
            .read(|snapshot| snapshot.objects_page(self.number, request))
    }

    async fn copy(&self, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let (number, name) = (self.number, request.name.to_owned());
        let (scope, to) = (self.scope, request.to.to_owned());
        let source = request.source.cloned();
        let target = Target {
            name: request.new_name.to_owned(),
            expected: request.expected.clone(),
        };
        let copied = self
            .engine
            .write(name.len() + target.name.len(), move |ledger| {
                ledger.copy_object((number, &name), source.as_ref(), (scope, &to), &target)
            });
        copied.await.map(Some)
    }

    async fn rename(&self, request: RenameRequest<'_>) -> Result<Version> {
        let (number, name) = (self.number, request.name.to_owned());
        let target = Target {
            name: request.new_name.to_owned(),
            expected: request.expected.clone(),
        };
        self.engine
            .write(name.len() + target.name.len(), move |ledger| {
                ledger.rename_object(number, &name, &target)
            })
            .await
    }

    async fn append(&self, name: &str, body: Body, at: Option<u64>) -> Result<Appended> {
        let size = self.object(name)?.map_or(0, |object| object.head.size);
        // It can have become longer by the time, and shorter by being written anew.
        if at.is_some_and(|at| at != size) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        let received = self.receive(body).await?;
        let merged = self.merge(name, &received).await;
        let (number, name) = (self.number, name.to_owned());
        let (version, size) = self
            .engine
            .write(name.len(), move |ledger| {
                ledger.append_object((number, &name), received, at, merged)
            })
            .await?;
        Ok(Appended { version, size })
    }

    async fn begin(&self, name: &str, content_type: String, metadata: Metadata) -> Result<String> {
        let (number, name) = (self.number, name.to_owned());
        self.engine
            .write(name.len() + weight(&metadata), move |ledger| {
                ledger.begin_upload(number, name, content_type, metadata)
            })
            .await
    }

    async fn put_part(
        &self,
        name: &str,
        upload: &str,
        part: u32,
        _: u64,
        body: Body,
    ) -> Result<Part> {
        self.name_upload(name, upload).await?;
        let received = self.receive(body).await?;
        let (number, name, upload) = (self.number, name.to_owned(), upload.to_owned());
        self.engine
            .write(name.len(), move |ledger| {
                ledger.put_part(number, (&name, &upload), part, received)
            })
            .await
    }

    async fn parts(&self, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        self.name_upload(name, upload).await?;
        self.engine
            .read(|snapshot| snapshot.parts(self.number, name, upload))
    }

    async fn complete(
        &self,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        self.name_upload(name, upload).await?;
        let (number, name, upload) = (self.number, name.to_owned(), upload.to_owned());
        let (parts, expected) = (parts.to_vec(), expected.clone());
        self.engine
            .write(parts.len() * 64, move |ledger| {
                ledger.complete_upload(number, (&name, &upload), &parts, &expected)
            })
            .await
    }

    async fn abort(&self, name: &str, upload: &str) -> Result<()> {
        let (number, name, upload) = (self.number, name.to_owned(), upload.to_owned());
        self.engine
            .write(name.len(), move |ledger| {
                ledger.abort_upload(number, &name, &upload)
            })
            .await
    }
}

/// What metadata takes in memory.
fn weight(metadata: &Metadata) -> usize {
    metadata
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum()
}
