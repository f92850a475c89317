//! What the cases on metadata, versions and `head` share: what there is to know about an
//! object, and how two accounts of it are compared.

use blobstore::{Info, PutOptions};
use conformance_kit::prelude::*;

/// Options with a content type and metadata.
pub(crate) fn described(content_type: Option<&str>, metadata: &[(&str, &str)]) -> PutOptions {
    PutOptions {
        content_type: content_type.map(str::to_owned),
        metadata: owned(metadata),
        ..blobstore::options()
    }
}

/// Metadata out of borrowed entries.
pub(crate) fn owned(metadata: &[(&str, &str)]) -> Vec<(String, String)> {
    let entry = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    metadata.iter().map(entry).collect()
}

/// The entries in an order of their own, each as one text.
pub(crate) fn entries(metadata: &[(String, String)]) -> Vec<String> {
    let entry = |(key, value): &(String, String)| [key, ": ", value].concat();
    let mut entries: Vec<String> = metadata.iter().map(entry).collect();
    entries.sort_unstable();
    entries
}

/// Both accounts say the same.
pub(crate) fn same(check: Check<'_>, actual: &Info, expected: &Info) -> Outcome {
    check.equal(actual.size, expected.size)?;
    check.equal(&actual.version, &expected.version)?;
    check.equal(actual.modified, expected.modified)?;
    check.equal(&actual.content_type, &expected.content_type)?;
    check.equal(entries(&actual.metadata), entries(&expected.metadata))
}

/// What `get` tells of an object that has to be present. Its bytes are given up.
pub(crate) async fn told_by_get(
    cx: &Context,
    container: &Container,
    name: &str,
) -> Result<Info, Stop> {
    let content = cx.ok(container.begin_get(name, None, None).await)?;
    match content {
        Some(content) => Ok(content.info),
        None => cx.info(container, name).await,
    }
}

/// Writes an object with these entries and finds exactly them in `get` and in `head`,
/// beside a content type and a size that no entry changes. The case lists `clause` and
/// BLOB-META-1.
pub(crate) async fn keeps(
    cx: &Context,
    clause: &str,
    container: &Container,
    name: &str,
    metadata: &[(&str, &str)],
) -> Outcome {
    let expected = entries(&owned(metadata));
    let shown = metadata.first().map_or("none", |(_, value)| *value);
    let message = format!("put with {} entries, {}", expected.len(), shown.shown());
    let check = cx.check(clause, &message);
    // With and without one of its own.
    let own = (metadata.len() == 1).then_some("text/x-own");
    let shown_type = own.unwrap_or("application/octet-stream");
    let options = described(own, metadata);
    check.ok(container.put_with(name, b"bytes", options).await)?;
    for told in [
        told_by_get(cx, container, name).await?,
        cx.info(container, name).await?,
    ] {
        check.equal(&entries(&told.metadata), &expected)?;
        // Whatever a key is called, it says nothing about the object.
        let check = cx.check("BLOB-META-1", "read an object with entries");
        check.equal(told.content_type.as_str(), shown_type)?;
        check.equal(told.size, 5)?;
    }
    Ok(())
}
