use blobstore::{Pause, multipart, pauses};
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload};

case! {
    id: "blob.multipart.part-pauses",
    title: "parts go on after a pause of nearly 30 seconds, wherever their writer makes it",
    clauses: ["BLOB-STREAM-6", "BLOB-PART-1"],
    requires: ["blob.multipart"],
    lane: Lane::Slow,
    timeout_s: 120,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    // Enough for every place but the last.
    let bytes = cx.random_bytes((5 << 20) + 1_000);
    let mut parts = Vec::new();
    for (number, pause) in (1..).zip(Pause::ALL) {
        parts.push((number, pause, &bytes[number as usize..]));
    }
    parts.push((5, Pause::First, &bytes[..1_000]));
    parts.push((6, Pause::Word, &bytes[..1_000]));
    let sent = together(parts.iter().map(async |(number, pause, bytes)| {
        let size = bytes.len() as u64;
        let begun = multipart::begin_part(&container, NAME, &upload, *number, size);
        let (writer, answer) = begun;
        pauses::write(cx, *pause, bytes, writer, answer).await
    }));
    let mut whole = Vec::new();
    let mut named = Vec::new();
    for ((number, pause, bytes), sent) in parts.iter().zip(sent.await) {
        let message = format!("put-part of {} bytes, paused {}", bytes.len(), pause.text());
        let part = cx.check("BLOB-STREAM-6", &message).ok(sent)?;
        // A small part can only be the last.
        if *number != 5 {
            whole.extend_from_slice(bytes);
            named.push(part);
        }
    }
    cx.ok(multipart::complete(&container, NAME, &upload, &named).await)?;
    cx.check("BLOB-PART-1", "get after complete with parts that paused")
        .value(container.get(NAME).await, &whole)
}
