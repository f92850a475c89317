//! `cloud:blobstore/container`, and the ways in which cases open containers.

use core::future::Future;

use super::listing::NameStream;
use super::streams::{Answer, ByteReader, Content, Writer, last_word, pipe};
use super::{DeleteManyError, Info, Listing, Precondition, PutOptions, Range};
use crate::bindings::cloud::blobstore::container as wit;
use crate::bindings::cloud::types::errors::Error;
use crate::check::Check;
use crate::context::Context;
use crate::ending::{Outcome, Stop};

/// An open container.
#[derive(Debug)]
pub struct Container(pub(super) wit::Container);

/// Opens a container by its name.
pub async fn open(name: &str) -> Result<Container, Error> {
    wit::open(name.to_owned()).await.map(Container)
}

/// The options of a put without any.
pub fn options() -> PutOptions {
    PutOptions {
        content_type: None,
        metadata: Vec::new(),
        size: None,
        expected: None,
    }
}

/// The range of `length` bytes from `offset` on.
pub fn range(offset: u64, length: impl Into<Option<u64>>) -> Option<Range> {
    let length = length.into();
    Some(Range { offset, length })
}

impl Container {
    /// `put` of all bytes without options.
    pub async fn put(&self, name: &str, bytes: &[u8]) -> Result<String, Error> {
        self.put_with(name, bytes, options()).await
    }

    /// `put` of all bytes.
    pub async fn put_with(
        &self,
        name: &str,
        bytes: &[u8],
        options: PutOptions,
    ) -> Result<String, Error> {
        let (writer, answer) = self.begin_put(name, options);
        writer.all(bytes, answer).await
    }

    /// `put`, expecting the object to be absent.
    pub async fn create(&self, name: &str, bytes: &[u8]) -> Result<String, Error> {
        let expected = Some(Precondition::Absent);
        self.put_with(
            name,
            bytes,
            PutOptions {
                expected,
                ..options()
            },
        )
        .await
    }

    /// `put`, expecting a version.
    pub async fn replace(&self, name: &str, bytes: &[u8], version: &str) -> Result<String, Error> {
        let expected = Some(Precondition::Version(version.to_owned()));
        self.put_with(
            name,
            bytes,
            PutOptions {
                expected,
                ..options()
            },
        )
        .await
    }

    /// `put`, whose bytes the case writes by and by.
    pub fn begin_put(&self, name: &str, options: PutOptions) -> (Writer, Answer<String>) {
        let (writer, (data, end)) = pipe();
        let answer = self.0.put(name, data, end, &options);
        (writer, Answer(answer))
    }

    /// `put` of what another object delivers, without looking at it. None if the stream
    /// had ended before.
    pub fn put_content(&self, name: &str, content: Content) -> Option<Answer<String>> {
        let (data, end) = content.pass()?;
        Some(Answer(self.0.put(name, data, end, &options())))
    }

    /// `put` of the bytes that another object delivers, of which the case itself says
    /// how they end. None if their stream had ended before.
    pub fn begin_put_of(&self, name: &str, bytes: ByteReader) -> Option<(Writer, Answer<String>)> {
        let (writer, end) = last_word();
        let answer = self.0.put(name, bytes.into_stream()?, end, &options());
        Some((writer, Answer(answer)))
    }

    /// `get` without a range: all bytes. A stream that ends badly is an error.
    pub async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        self.get_range(name, None).await
    }

    /// `get` of a range: all of its bytes. A stream that ends badly is an error.
    pub async fn get_range(
        &self,
        name: &str,
        range: Option<Range>,
    ) -> Result<Option<Vec<u8>>, Error> {
        let Some(content) = self.begin_get(name, range, None).await? else {
            return Ok(None);
        };
        let (bytes, end) = content.collect().await;
        end.map(|()| Some(bytes))
    }

    /// `get`, whose bytes the case reads by and by.
    pub async fn begin_get(
        &self,
        name: &str,
        range: Option<Range>,
        expected: Option<&str>,
    ) -> Result<Option<Content>, Error> {
        let expected = expected.map(str::to_owned);
        let content = self.0.get(name.to_owned(), range, expected).await?;
        Ok(content.map(Content::new))
    }

    /// `head`.
    pub async fn head(&self, name: &str) -> Result<Option<Info>, Error> {
        self.0.head(name.to_owned()).await
    }

    /// `delete`.
    pub async fn delete(&self, name: &str) -> Result<(), Error> {
        self.0.delete(name.to_owned()).await
    }

    /// `delete-many`.
    pub async fn delete_many<N: AsRef<str>>(&self, names: &[N]) -> Result<(), DeleteManyError> {
        let names = names.iter().map(|name| name.as_ref().to_owned());
        self.0.delete_many(names.collect()).await
    }

    /// `copy`.
    pub async fn copy(&self, name: &str, to: &Self, new_name: &str) -> Result<String, Error> {
        self.0
            .copy(name.to_owned(), &to.0, new_name.to_owned())
            .await
    }

    /// `move`.
    pub async fn r#move(&self, name: &str, to: &Self, new_name: &str) -> Result<String, Error> {
        self.0
            .move_(name.to_owned(), &to.0, new_name.to_owned())
            .await
    }

    /// `list`: one page.
    pub async fn list(
        &self,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        page_size: Option<u32>,
    ) -> Result<Listing, Error> {
        let [delimiter, cursor] = [delimiter, cursor].map(|text| text.map(str::to_owned));
        self.0
            .list(prefix.to_owned(), delimiter, cursor, page_size)
            .await
    }

    /// `names`.
    pub fn names(&self, prefix: &str) -> NameStream {
        let (stream, end) = self.0.names(prefix);
        NameStream::new(stream, end)
    }
}

impl Context {
    /// Opens the container that every case has: empty at the start.
    #[track_caller]
    pub fn container(&self) -> impl Future<Output = Result<Container, Stop>> {
        self.open_granted_container(&self.names().primary)
    }

    /// Opens another container, empty at the start.
    #[track_caller]
    pub fn second_container(&self) -> impl Future<Output = Result<Container, Stop>> {
        self.open_granted_container(&self.names().secondary)
    }

    /// Opens the container of the case by its other name.
    #[track_caller]
    pub fn container_by_alias(&self) -> impl Future<Output = Result<Container, Stop>> {
        self.open_granted_container(&self.names().alias)
    }

    /// Opens the container whose binding has no extended feature.
    #[track_caller]
    pub fn restricted_container(&self) -> impl Future<Output = Result<Container, Stop>> {
        self.open_granted_container(&self.names().restricted)
    }

    #[track_caller]
    fn open_granted_container(&self, name: &str) -> impl Future<Output = Result<Container, Stop>> {
        let check = self.needed("BLOB-OPEN-3", "open a granted container");
        async move { check.ok(open(name).await) }
    }

    /// What there is to know about an object that has to be present.
    #[track_caller]
    pub fn info(
        &self,
        container: &Container,
        name: &str,
    ) -> impl Future<Output = Result<Info, Stop>> {
        let check = self.needed("TYP-FEAT-3", "head of a present object");
        async move { check.some(container.head(name).await) }
    }
}

impl Check<'_> {
    /// The stream delivers exactly these bytes and ends with ok.
    pub async fn delivers(self, content: Content, expected: &[u8]) -> Outcome {
        let (bytes, end) = content.collect().await;
        self.ok(end)?;
        self.bytes(&bytes, expected)
    }
}
