use crate::sending::{NAME, entries, entry, middle};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    /// The first instance begins the upload and leaves its id in an object; every one
    /// sends a part. What is completed, another instance completes, and it has the content
    /// type and the metadata that the first one said.
    actors: 2,
    id: "blob.multipart.resume",
    title: "an upload that one instance began is gone on with and completed by others",
    clauses: ["BLOB-UPLOAD-3", "BLOB-PART-3", "BLOB-COMPLETE-1"],
    requires: ["blob.multipart"],
    timeout_s: 60,
}

const CONTENT_TYPE: &str = "text/x-resumed; charset=utf-8";

/// What the object is described by.
fn metadata() -> Vec<(String, String)> {
    vec![entry("begun-by", "the first instance"), entry("empty", "")]
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let begin = multipart::begin_with(&container, NAME, Some(CONTENT_TYPE), metadata());
    let upload = cx.ok(begin.await)?;
    let notes = cx.second_container().await?;
    cx.ok(notes.put("upload", upload.as_bytes()).await)?;
    Ok(())
}

/// The id that another instance left.
async fn left(cx: &Context) -> Result<String, Stop> {
    let notes = cx.second_container().await?;
    let read = cx.ok(notes.get("upload").await)?;
    Ok(String::from_utf8_lossy(&read.unwrap_or_default()).into_owned())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let upload = left(cx).await?;
    let bytes = middle(cx)?;
    cx.check("BLOB-PART-3", "put-part by several instances")
        .ok(multipart::put_part(&container, NAME, &upload, index + 1, &bytes).await)?;
    let notes = cx.second_container().await?;
    cx.ok(notes.put(&format!("part-{}", index + 1), &bytes).await)?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let notes = cx.second_container().await?;
    let upload = left(cx).await?;
    let parts = cx
        .check("BLOB-UPLOAD-3", "parts of an upload that others made")
        .ok(multipart::parts(&container, NAME, &upload).await)?;
    let numbers: Vec<u32> = parts.iter().map(|received| received.part.number).collect();
    cx.check("BLOB-UPLOAD-3", "count the parts").that(
        numbers.iter().copied().eq(1..=seen.len() as u32),
        "one of each instance",
        &parts,
    )?;
    let parts: Vec<_> = parts.into_iter().map(|received| received.part).collect();
    cx.check("BLOB-UPLOAD-3", "complete an upload that others made")
        .ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
    let mut whole = Vec::new();
    for number in numbers {
        let bytes = cx.ok(notes.get(&format!("part-{number}")).await)?;
        whole.extend(bytes.unwrap_or_default());
    }
    cx.check("BLOB-COMPLETE-1", "get after complete")
        .value(container.get(NAME).await, &whole)?;
    let info = cx.info(&container, NAME).await?;
    let check = cx.check("BLOB-UPLOAD-3", "head of what another instance completed");
    check.equal(info.content_type.as_str(), CONTENT_TYPE)?;
    check.equal(entries(&info.metadata), entries(&metadata()))
}
