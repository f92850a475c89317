//! One container: what each call asks of the service.

mod append;
mod copy;
pub(crate) mod list;
mod multipart;
pub(crate) mod object;
mod put;
mod read;
pub(crate) mod remove;
mod sign;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Access, Appended, Body, Content, CopyRequest, Driver, Expected, Info, ItemPage, Link,
    ListRequest, Metadata, Part, PutOptions, Range, ReceivedPart,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result, ScopeId};

use crate::link::Service;
use crate::names::Keys;
use bucket_scopes::Registration;

/// What is held of a stream before it is sent.
pub(crate) const BLOCK_BYTES: usize = 8 << 20;
/// The service takes 50,000 blocks. Each part of an upload can end with a smaller one,
/// and there are up to 10,000 of them.
pub(crate) const OBJECT_BYTES: u64 = BLOCK_BYTES as u64 * 40_000;

/// One open container.
pub(crate) struct Container {
    pub(crate) service: Arc<Service>,
    pub(crate) registration: Arc<Registration>,
    pub(crate) scope: ScopeId,
    pub(crate) name: String,
    pub(crate) keys: Keys,
    /// How often a container of this name had been removed when this one was opened.
    pub(crate) removals: u64,
}

/// Shows no data.
impl fmt::Debug for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Container").finish_non_exhaustive()
    }
}

impl Container {
    /// Refuses where the container is known to be gone.
    fn check(&self) -> Result<()> {
        if self.registration.is_closed() || self.registration.removals(&self.name) != self.removals
        {
            return Err(ErrorKind::NotFound.into());
        }
        Ok(())
    }

    /// The bytes that a guest writes. Of a container that is removed here while they
    /// come, nothing is made of them; of the removals of other hosts nothing is known.
    fn written(&self, body: Body) -> Body {
        self.registration
            .unless_removed(&self.name, self.removals, body)
    }

    /// Carries out a write that reads from a guest. What it goes on to write to a scope
    /// that is closed has nowhere to go.
    async fn carry<T>(&self, write: impl Future<Output = Result<T>>) -> Result<T> {
        self.check()?;
        tokio::select! {
            biased;
            () = self.registration.closing() => Err(ErrorKind::NotFound.into()),
            written = write => written,
        }
    }
}

#[async_trait]
impl Driver for Container {
    async fn put(&self, name: &str, body: Body, options: PutOptions) -> Result<Version> {
        self.carry(self.put_object(name, self.written(body), options))
            .await
    }

    async fn get(
        &self,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        self.check()?;
        self.get_object(name, range, expected).await
    }

    async fn head(&self, name: &str) -> Result<Option<Info>> {
        self.check()?;
        object::find(&self.service, &self.keys.key(name)).await
    }

    async fn delete(&self, name: &str, expected: Option<&Version>) -> Result<()> {
        self.check()?;
        self.delete_object(name, expected).await
    }

    async fn delete_many(&self, names: &[String]) -> Vec<Result<()>> {
        match self.check() {
            Ok(()) => self.delete_objects(names).await,
            Err(error) => names.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<ItemPage> {
        self.check()?;
        self.list_objects(request).await
    }

    async fn copy(&self, request: CopyRequest<'_>) -> Result<Option<Version>> {
        self.check()?;
        self.copy_object(request).await
    }

    async fn append(&self, name: &str, body: Body, at: Option<u64>) -> Result<Appended> {
        self.carry(self.append_bytes(name, self.written(body), at))
            .await
    }

    async fn begin(&self, name: &str, content_type: String, metadata: Metadata) -> Result<String> {
        self.check()?;
        self.begin_upload(name, &content_type, &metadata).await
    }

    async fn put_part(
        &self,
        name: &str,
        upload: &str,
        number: u32,
        _size: u64,
        body: Body,
    ) -> Result<Part> {
        self.carry(self.send_part(name, upload, number, self.written(body)))
            .await
    }

    async fn parts(&self, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        self.check()?;
        self.list_parts(name, upload).await
    }

    async fn complete(
        &self,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        self.check()?;
        self.complete_upload(name, upload, parts, expected).await
    }

    async fn abort(&self, name: &str, upload: &str) -> Result<()> {
        self.check()?;
        self.abort_upload(name, upload).await
    }

    async fn sign(&self, name: &str, access: Access, lifetime: Duration) -> Result<Link> {
        self.check()?;
        self.sign_request(name, access, lifetime)
    }
}
