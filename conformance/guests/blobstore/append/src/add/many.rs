use blobstore::{append::append, range};
use conformance_kit::prelude::*;

case! {
    /// More additions than a service keeps apart: it puts them together at times.
    id: "blob.append.many",
    title: "two hundred small additions are all there, in their order, in every range",
    clauses: ["BLOB-APPEND-1", "BLOB-GET-5"],
    requires: ["blob.append"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut whole = Vec::new();
    for number in 0..200 {
        let size = 1 + cx.random_below(if number % 50 == 0 { 20_000 } else { 100 });
        let bytes = cx.random_bytes(size as usize);
        cx.ok(append(&container, "log", &bytes, Some(whole.len() as u64)).await)?;
        whole.extend(bytes);
    }
    cx.check("BLOB-APPEND-1", "get after many additions")
        .value(container.get("log").await, &whole)?;
    for _ in 0..20 {
        let offset = cx.random_below(whole.len() as u64) as usize;
        let end = whole.len().min(offset + 3_000);
        let read = container
            .get_range("log", range(offset as u64, 3_000))
            .await;
        cx.check("BLOB-GET-5", "get of a range over many additions")
            .value(read, &whole[offset..end])?;
    }
    Ok(())
}
