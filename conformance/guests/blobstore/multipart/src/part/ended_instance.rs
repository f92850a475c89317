use blobstore::multipart;
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload, received, send};

case! {
    /// The actors neither end nor drop their parts: these end with them.
    actors: 3,
    id: "blob.multipart.part-ended-instance",
    title: "an instance that ends in the middle of parts gives the upload none of them",
    clauses: ["BLOB-STREAM-3"],
    requires: ["blob.multipart"],
    timeout_s: 30,
}

const SIZES: [usize; 3] = [0, 1_000, 40_000];
/// How long a case watches for something that must not happen.
const WATCH: Duration = Duration::from_millis(60);

/// Leaves the id of the upload, and what it has, in another container.
async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    send(cx, &container, &upload, 1, b"earlier").await?;
    let has = received(cx, &container, &upload).await?.concat();
    let notes = cx.second_container().await?;
    cx.ok(notes.put("upload", upload.as_bytes()).await)?;
    cx.ok(notes.put("has", has.as_bytes()).await).map(drop)
}

async fn note(cx: &Context, name: &str) -> Result<String, Stop> {
    let notes = cx.second_container().await?;
    let read = cx.ok(notes.get(name).await)?;
    Ok(String::from_utf8_lossy(&read.unwrap_or_default()).into_owned())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let upload = note(cx, "upload").await?;
    for (at, size) in (0..).zip(SIZES) {
        // The first one in the place of the earlier part.
        let number = 1 + 3 * index + at;
        let begun = multipart::begin_part(&container, NAME, &upload, number, size as u64);
        let (mut writer, answer) = begun;
        writer.write(&vec![b'n'; size]).await;
        core::mem::forget((writer, answer));
    }
    // To read the clock takes until they have begun.
    cx.now().await;
    core::mem::forget(container);
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let (upload, has) = (note(cx, "upload").await?, note(cx, "has").await?);
    cx.sleep(WATCH).await;
    cx.check(
        "BLOB-STREAM-3",
        "parts after the instances that sent some ended",
    )
    .equal(received(cx, &container, &upload).await?.concat(), has)
}
