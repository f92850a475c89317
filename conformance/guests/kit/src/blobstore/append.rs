//! `cloud:blobstore/append`.

use super::Container;
use super::streams::{Answer, Writer, pipe};
use crate::bindings::cloud::blobstore::append as wit;
use crate::bindings::cloud::types::errors::Error;

pub use wit::Appended;

/// `append` of all bytes.
pub async fn append(
    container: &Container,
    name: &str,
    bytes: &[u8],
    at: Option<u64>,
) -> Result<Appended, Error> {
    let (writer, answer) = begin(container, name, at);
    writer.all(bytes, answer).await
}

/// `append`, whose bytes the case writes by and by.
pub fn begin(container: &Container, name: &str, at: Option<u64>) -> (Writer, Answer<Appended>) {
    let (writer, (data, end)) = pipe();
    let answer = wit::append(&container.0, name, data, end, at);
    (writer, Answer(answer))
}
