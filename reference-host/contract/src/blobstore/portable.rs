//! The portable container: checks, then the driver, within a time limit.

mod copies;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream;

use super::body::{self, Body, Bounds};
use super::container::{Container, DeleteManyError, Listing, NameStream, NewObject, Reading};
use super::driver::{
    Access, Appended, Content, Driver, Expected, Info, Item, Link, ListRequest, Metadata, Part,
    PastState, PutOptions, Range, ReceivedPart, RenameRequest, VersionsRequest,
};
use super::site::Site;
use crate::keyvalue::Version;
use crate::{Error, ErrorKind, FeatureId, Grant, Result, cursor, feature, guarded, walk};
use copies::half_done;

/// Wraps a driver into what a guest sees.
#[derive(Debug)]
pub struct Portable {
    site: Site,
    call_timeout: Duration,
}

impl Portable {
    /// A container over `driver` with the declarations of `grant`.
    #[must_use]
    pub fn new(driver: Arc<dyn Driver>, grant: &Grant) -> Self {
        Self {
            site: Site::new(driver, grant),
            call_timeout: grant.descriptor.call_timeout,
        }
    }

    fn driver(&self) -> &dyn Driver {
        &*self.site.driver
    }

    /// One call of the driver.
    async fn call<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        guarded(name, &self.site.target, self.call_timeout, call).await
    }

    /// A call that reads a body of at most `most` bytes, for whose writer it waits.
    async fn carry<T, F: Future<Output = Result<T>>>(
        &self,
        name: &'static str,
        body: Body,
        bounds: Bounds,
        call: impl FnOnce(Body) -> F,
    ) -> Result<T> {
        let (body, progress) = body::incoming(body, bounds);
        let carried = progress.carry(self.call_timeout, call(body));
        guarded(name, &self.site.target, Duration::MAX, carried).await
    }

    /// The error of a condition that an object does not meet.
    async fn unmet(&self, name: &str, condition: &Expected) -> Option<Error> {
        let found = self.call("head", self.driver().head(name)).await.ok()?;
        let is_met = condition.is_met_by(found.as_ref().map(|info| &info.version));
        (!is_met).then(|| ErrorKind::PreconditionFailed.into())
    }

    fn bounds(&self, size: Option<u64>) -> Bounds {
        Bounds {
            size,
            most: self.site.rules.object_bytes,
        }
    }

    /// A declared feature and a name that keeps to the rules.
    fn extended(&self, feature: FeatureId, name: &str) -> Result<()> {
        self.site.rules.declared(feature)?;
        self.site.rules.name(name)
    }

    /// What `found` delivers of its range, counted.
    fn counted(&self, found: Content, range: Range) -> Result<Reading> {
        let Content { info, data } = found;
        let length = range.covers(info.size).ok_or(ErrorKind::OutOfRange)?;
        let data = body::outgoing(data, length, self.call_timeout);
        Ok(Reading { info, data, length })
    }

    /// The answer to a range that has no byte in the object: drivers need not know that
    /// it may begin where the object ends.
    fn nothing(info: Info, range: Range) -> Result<Reading> {
        match range.covers(info.size) {
            Some(0) => Ok(Reading {
                info,
                data: Box::pin(stream::empty()),
                length: 0,
            }),
            // Written anew since, or behind the end.
            _ => Err(ErrorKind::OutOfRange.into()),
        }
    }
}

#[async_trait]
impl Container for Portable {
    fn site(&self) -> &Site {
        &self.site
    }

    async fn put(&self, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let rules = &self.site.rules;
        rules.name(name)?;
        let content_type = rules.content_type(object.content_type)?;
        rules.metadata(&object.metadata)?;
        rules.object(object.size)?;
        let bounds = self.bounds(object.size);
        let announced = object.size.is_some() && object.expected != Expected::Any;
        let condition = announced.then(|| object.expected.clone());
        let options = PutOptions {
            content_type,
            metadata: object.metadata,
            size: object.size,
            expected: object.expected,
        };
        let put = |body| self.driver().put(name, body, options);
        match (self.carry("put", body, bounds, put).await, condition) {
            (Err(error), Some(condition)) if body::is_wrong_size(&error) => {
                // A driver that reads all bytes before it asks has not asked.
                Err(self.unmet(name, &condition).await.unwrap_or(error))
            }
            (written, _) => written,
        }
    }

    async fn get(
        &self,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        self.site.rules.name(name)?;
        let read = async {
            if range.length != Some(0) {
                let read = self.driver().get(name, range, expected);
                match self.call("get", read).await {
                    Err(error) if *error.kind() == ErrorKind::OutOfRange => {}
                    Ok(None) => return Ok(None),
                    Ok(Some(found)) => return self.counted(found, range).map(Some),
                    Err(error) => return Err(error),
                }
            }
            let Some(info) = self.call("head", self.driver().head(name)).await? else {
                return Ok(None);
            };
            if expected.is_some_and(|expected| info.version != *expected) {
                return Err(ErrorKind::PreconditionFailed.into());
            }
            Self::nothing(info, range).map(Some)
        };
        match read.await? {
            None if expected.is_some() => Err(ErrorKind::PreconditionFailed.into()),
            found => Ok(found),
        }
    }

    async fn head(&self, name: &str) -> Result<Option<Info>> {
        self.site.rules.name(name)?;
        self.call("head", self.driver().head(name)).await
    }

    async fn delete(&self, name: &str) -> Result<()> {
        self.site.rules.name(name)?;
        self.call("delete", self.driver().delete(name, None)).await
    }

    async fn delete_many(&self, names: Vec<String>) -> Result<(), DeleteManyError> {
        self.site.rules.names(&names)?;
        if names.is_empty() {
            return Ok(());
        }
        let deletion = async { Ok(self.driver().delete_many(&names).await) };
        let all = |error: &Error| names.iter().map(|_| Err(error.clone())).collect();
        let results: Vec<Result<()>> = match self.call("delete-many", deletion).await {
            Ok(results) if results.len() == names.len() => results,
            Ok(_) => all(&ErrorKind::Other("the provider lost names of a deletion".into()).into()),
            Err(error) => all(&error),
        };
        let failed: Vec<(u32, Error)> = (0_u32..)
            .zip(results)
            .filter_map(|(index, result)| Some((index, result.err()?)))
            .collect();
        if failed.is_empty() {
            Ok(())
        } else {
            Err(DeleteManyError::Partial(failed))
        }
    }

    async fn copy(&self, name: &str, to: &Site, new_name: &str) -> Result<Version> {
        self.site.rules.name(name)?;
        to.rules.name(new_name)?;
        self.copy_to(name, None, to, new_name, &Expected::Any).await
    }

    async fn r#move(&self, name: &str, to: &Site, new_name: &str) -> Result<Version> {
        if name == new_name && !self.site.is_beside(to) {
            self.site.rules.name(name)?;
            to.rules.name(new_name)?;
            return self.move_far(name, to).await;
        }
        let made = self.copy(name, to, new_name).await?;
        if name != new_name || !self.site.is(to) {
            let deletion = self.call("delete", self.driver().delete(name, None));
            deletion.await.map_err(half_done)?;
        }
        Ok(made)
    }

    async fn list(
        &self,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        page_size: Option<u32>,
    ) -> Result<Listing> {
        let Site {
            rules,
            scope,
            target,
            ..
        } = &self.site;
        rules.list(prefix, delimiter)?;
        let kind = if delimiter.is_some() {
            "divided"
        } else {
            "flat"
        };
        let list = [scope, target, kind, prefix, delimiter.unwrap_or_default()];
        let after = cursor
            .map(|cursor| cursor::unseal(&list, cursor))
            .transpose()?;
        let request = ListRequest {
            prefix,
            delimiter,
            after: after.as_deref(),
            limit: rules.page(page_size)?,
        };
        let page = self.call("list", self.driver().list(request)).await?;
        Ok(Listing {
            items: page.items,
            cursor: page.next.map(|next| cursor::seal(&list, &next)),
        })
    }

    fn names(self: Arc<Self>, prefix: String) -> NameStream {
        walk::pages(move |cursor| {
            let (container, prefix) = (Arc::clone(&self), prefix.clone());
            async move {
                let page = container
                    .list(&prefix, None, cursor.as_deref(), None)
                    .await?;
                let names = page.items.into_iter().map(|item| match item {
                    Item::Object(object) => object.name,
                    Item::Prefix(prefix) => prefix,
                });
                Ok((names.collect(), page.cursor))
            }
        })
    }

    async fn delete_if(&self, name: &str, expected: &Version) -> Result<()> {
        self.extended(feature::BLOB_CONDITIONAL_DELETE, name)?;
        self.call("delete-if", self.driver().delete(name, Some(expected)))
            .await
    }

    async fn copy_if(
        &self,
        name: &str,
        source: Option<&Version>,
        to: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        // That of the source need not declare it: to read one version needs no feature.
        to.rules.declared(feature::BLOB_CONDITIONAL_COPY)?;
        self.site.rules.name(name)?;
        to.rules.name(new_name)?;
        match self.copy_to(name, source, to, new_name, expected).await {
            // A condition on a source that is not there is no condition that failed.
            Err(error) if *error.kind() == ErrorKind::PreconditionFailed && source.is_some() => {
                match self.call("head", self.driver().head(name)).await? {
                    None => Err(ErrorKind::NotFound.into()),
                    Some(_) => Err(error),
                }
            }
            ended => ended,
        }
    }

    async fn rename(&self, name: &str, new_name: &str, expected: &Expected) -> Result<Version> {
        self.extended(feature::BLOB_ATOMIC_MOVE, name)?;
        self.site.rules.name(new_name)?;
        if name != new_name {
            let request = RenameRequest {
                name,
                new_name,
                expected,
            };
            return self.call("rename", self.driver().rename(request)).await;
        }
        let found = self.call("head", self.driver().head(name)).await?;
        let version = found.ok_or(ErrorKind::NotFound)?.version;
        if expected.is_met_by(Some(&version)) {
            Ok(version)
        } else {
            Err(ErrorKind::PreconditionFailed.into())
        }
    }

    async fn append(&self, name: &str, body: Body, at: Option<u64>) -> Result<Appended> {
        self.extended(feature::BLOB_APPEND, name)?;
        self.carry("append", body, self.bounds(None), |body| {
            self.driver().append(name, body, at)
        })
        .await
    }

    async fn begin(
        &self,
        name: &str,
        content_type: Option<String>,
        metadata: Metadata,
    ) -> Result<String> {
        self.extended(feature::BLOB_MULTIPART, name)?;
        let content_type = self.site.rules.content_type(content_type)?;
        self.site.rules.metadata(&metadata)?;
        let begin = self.driver().begin(name, content_type, metadata);
        self.call("begin", begin).await
    }

    async fn put_part(
        &self,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        body: Body,
    ) -> Result<Part> {
        self.extended(feature::BLOB_MULTIPART, name)?;
        self.site.rules.part(number, size)?;
        let put = |body| self.driver().put_part(name, upload, number, size, body);
        match self
            .carry("put-part", body, self.bounds(Some(size)), put)
            .await
        {
            Err(error) if body::is_wrong_size(&error) => {
                // The same: whether there is such an upload goes first.
                match self.call("parts", self.driver().parts(name, upload)).await {
                    Err(unknown) if *unknown.kind() == ErrorKind::NotFound => Err(unknown),
                    _ => Err(error),
                }
            }
            put => put,
        }
    }

    async fn parts(&self, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        self.extended(feature::BLOB_MULTIPART, name)?;
        self.call("parts", self.driver().parts(name, upload)).await
    }

    async fn complete(
        &self,
        name: &str,
        upload: &str,
        parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version> {
        self.extended(feature::BLOB_MULTIPART, name)?;
        self.site.rules.parts(&parts)?;
        let complete = self.driver().complete(name, upload, &parts, expected);
        self.call("complete", complete).await
    }

    async fn abort(&self, name: &str, upload: &str) -> Result<()> {
        self.extended(feature::BLOB_MULTIPART, name)?;
        self.call("abort", self.driver().abort(name, upload)).await
    }

    async fn sign(&self, name: &str, access: Access, lifetime: Duration) -> Result<Link> {
        self.extended(feature::BLOB_LINKS, name)?;
        self.site.rules.lifetime(lifetime)?;
        self.call("sign", self.driver().sign(name, access, lifetime))
            .await
    }

    async fn versions(
        &self,
        name: &str,
        cursor: Option<&str>,
        page_size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        self.extended(feature::BLOB_HISTORY, name)?;
        let Site {
            rules,
            scope,
            target,
            ..
        } = &self.site;
        let list = [scope, target, "versions", name];
        let after = cursor
            .map(|cursor| cursor::unseal(&list, cursor))
            .transpose()?;
        let request = VersionsRequest {
            name,
            after: after.as_deref(),
            limit: rules.page(page_size)?,
        };
        let page = self
            .call("versions", self.driver().versions(request))
            .await?;
        Ok(Listing {
            items: page.states,
            cursor: page.next.map(|next| cursor::seal(&list, &next)),
        })
    }

    async fn get_version(
        &self,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Reading>> {
        self.extended(feature::BLOB_HISTORY, name)?;
        // What is kept of a state tells its size, also where no byte of it is asked for.
        let asked = if range.length == Some(0) {
            Range::default()
        } else {
            range
        };
        let read = self.driver().get_version(name, version, asked);
        let found = match self.call("get-version", read).await {
            Err(error) if *error.kind() == ErrorKind::OutOfRange => {
                let whole = self.driver().get_version(name, version, Range::default());
                self.call("get-version", whole).await?
            }
            found => found?,
        };
        let Some(found) = found else {
            return Ok(None);
        };
        match range.covers(found.info.size) {
            Some(size) if size > 0 => self.counted(found, range).map(Some),
            _ => Self::nothing(found.info, range).map(Some),
        }
    }

    async fn delete_version(&self, name: &str, version: &Version) -> Result<()> {
        self.extended(feature::BLOB_HISTORY, name)?;
        self.call(
            "delete-version",
            self.driver().delete_version(name, version),
        )
        .await
    }
}
