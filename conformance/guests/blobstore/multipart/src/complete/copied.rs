use crate::sending::{NAME, entries, entry, middle};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.copied",
    title: "a completed object is copied and moved with all of its parts",
    clauses: ["BLOB-COPY-1", "BLOB-COPY-2", "BLOB-MOVE-1"],
    requires: ["blob.multipart"],
    timeout_s: 30,
}

const CONTENT_TYPE: &str = "text/x-parts";

fn metadata() -> Vec<(String, String)> {
    vec![entry("made-of", "two parts")]
}

/// Writes the object in two parts.
async fn uploaded(cx: &Context, container: &Container) -> Result<Vec<u8>, Stop> {
    let begun = multipart::begin_with(container, NAME, Some(CONTENT_TYPE), metadata());
    let upload = cx.ok(begun.await)?;
    let bytes = [middle(cx)?, cx.random_bytes(40)];
    let mut parts = Vec::new();
    for (number, bytes) in (1..).zip(&bytes) {
        let part = multipart::put_part(container, NAME, &upload, number, bytes);
        parts.push(cx.ok(part.await)?);
    }
    cx.ok(multipart::complete(container, NAME, &upload, &parts).await)?;
    Ok(bytes.concat())
}

/// An object has the bytes, the content type and the metadata that were uploaded.
async fn is_whole(check: Check<'_>, container: &Container, name: &str, bytes: &[u8]) -> Outcome {
    let found = check.some(container.begin_get(name, None, None).await)?;
    check.equal(found.info.size, bytes.len() as u64)?;
    check.equal(found.info.content_type.as_str(), CONTENT_TYPE)?;
    check.equal(entries(&found.info.metadata), entries(&metadata()))?;
    check.delivers(found, bytes).await
}

async fn run(cx: &Context) -> Outcome {
    let (container, second) = (cx.container().await?, cx.second_container().await?);
    let bytes = uploaded(cx, &container).await?;
    for (to, name) in [(&container, "copy"), (&second, NAME)] {
        let check = cx.check("BLOB-COPY-1", "copy an object of two parts");
        check.ok(container.copy(NAME, to, name).await)?;
        is_whole(check, to, name, &bytes).await?;
    }
    let check = cx.check("BLOB-COPY-2", "read an object of two parts after copies");
    is_whole(check, &container, NAME, &bytes).await?;

    let check = cx.check("BLOB-MOVE-1", "move an object of two parts");
    check.ok(container.r#move(NAME, &container, "moved").await)?;
    is_whole(check, &container, "moved", &bytes).await?;
    let bytes = uploaded(cx, &container).await?;
    check.ok(container.r#move(NAME, &second, "moved").await)?;
    is_whole(check, &second, "moved", &bytes).await?;
    check.none(container.get(NAME).await)
}
