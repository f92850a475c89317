//! `cloud:blobstore/multipart`.

use super::streams::{Answer, Writer, pipe};
use super::{Container, Precondition};
use crate::bindings::cloud::blobstore::multipart as wit;
use crate::bindings::cloud::types::errors::Error;

pub use wit::{Part, ReceivedPart};

/// `begin` without metadata.
pub async fn begin(container: &Container, name: &str) -> Result<String, Error> {
    begin_with(container, name, None, Vec::new()).await
}

/// `begin`.
pub async fn begin_with(
    container: &Container,
    name: &str,
    content_type: Option<&str>,
    metadata: Vec<(String, String)>,
) -> Result<String, Error> {
    let content_type = content_type.map(str::to_owned);
    wit::begin(&container.0, name.to_owned(), content_type, metadata).await
}

/// `put-part` of all bytes.
pub async fn put_part(
    container: &Container,
    name: &str,
    upload: &str,
    number: u32,
    bytes: &[u8],
) -> Result<Part, Error> {
    let (writer, answer) = begin_part(container, name, upload, number, bytes.len() as u64);
    writer.all(bytes, answer).await
}

/// `put-part`, whose bytes the case writes by and by.
pub fn begin_part(
    container: &Container,
    name: &str,
    upload: &str,
    number: u32,
    size: u64,
) -> (Writer, Answer<Part>) {
    let (writer, (data, end)) = pipe();
    let answer = wit::put_part(&container.0, name, upload, number, size, data, end);
    (writer, Answer(answer))
}

/// `parts`.
pub async fn parts(
    container: &Container,
    name: &str,
    upload: &str,
) -> Result<Vec<ReceivedPart>, Error> {
    wit::parts(&container.0, name.to_owned(), upload.to_owned()).await
}

/// `complete` without a condition.
pub async fn complete(
    container: &Container,
    name: &str,
    upload: &str,
    parts: &[Part],
) -> Result<String, Error> {
    complete_if(container, name, upload, parts, None).await
}

/// `complete`.
pub async fn complete_if(
    container: &Container,
    name: &str,
    upload: &str,
    parts: &[Part],
    expected: Option<Precondition>,
) -> Result<String, Error> {
    let (name, upload) = (name.to_owned(), upload.to_owned());
    wit::complete(&container.0, name, upload, parts.to_owned(), expected).await
}

/// `abort`.
pub async fn abort(container: &Container, name: &str, upload: &str) -> Result<(), Error> {
    wit::abort(&container.0, name.to_owned(), upload.to_owned()).await
}
