//! What most cases of uploads do: send parts of one object.

use blobstore::multipart::{self, Part, ReceivedPart};
use conformance_kit::prelude::*;

/// The object that uploads are for.
pub(crate) const NAME: &str = "object";

/// Bytes for a part behind which others come: as few as a service takes, and some more.
pub(crate) fn middle(cx: &Context) -> Result<Vec<u8>, Stop> {
    let least = cx.limit("blob.part.min-bytes")? as usize;
    let more = cx.random_below(100) as usize;
    Ok(cx.random_bytes(least + more))
}

/// Sends a part of the object.
pub(crate) async fn send(
    cx: &Context,
    container: &Container,
    upload: &str,
    number: u32,
    bytes: &[u8],
) -> Result<Part, Stop> {
    cx.ok(multipart::put_part(container, NAME, upload, number, bytes).await)
}

/// Begins an upload of the object.
pub(crate) async fn begin_upload(cx: &Context, container: &Container) -> Result<String, Stop> {
    cx.ok(multipart::begin(container, NAME).await)
}

/// Numbers, tags and sizes of the parts that an upload has, as one text each.
pub(crate) async fn received(
    cx: &Context,
    container: &Container,
    upload: &str,
) -> Result<Vec<String>, Stop> {
    let parts = cx.ok(multipart::parts(container, NAME, upload).await)?;
    Ok(texts(&parts))
}

/// Number, tag and size of each part as a text.
pub(crate) fn texts(parts: &[ReceivedPart]) -> Vec<String> {
    parts.iter().map(Show::shown).collect()
}

/// An entry of metadata.
pub(crate) fn entry(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

/// The entries in an order of their own, each as one text.
pub(crate) fn entries(metadata: &[(String, String)]) -> Vec<String> {
    let text = |(key, value): &(String, String)| [key, ": ", value].concat();
    let mut entries: Vec<String> = metadata.iter().map(text).collect();
    entries.sort_unstable();
    entries
}
