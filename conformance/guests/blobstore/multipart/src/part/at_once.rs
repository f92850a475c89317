use crate::sending::{NAME, begin_upload, middle};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.at-once",
    title: "parts that are in flight at the same time are all accepted, each with its own bytes",
    clauses: ["BLOB-PART-3", "TYP-CALL-2"],
    requires: ["blob.multipart"],
    lane: Lane::Concurrency,
}

const PARTS: u32 = 4;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let mut bytes = Vec::new();
    for _ in 0..PARTS {
        bytes.push(middle(cx)?);
    }
    // All are begun, and the last first, before any of them ends.
    let mut writers = Vec::new();
    for number in (1..=PARTS).rev() {
        let size = bytes[number as usize - 1].len() as u64;
        writers.push((
            number,
            multipart::begin_part(&container, NAME, &upload, number, size),
        ));
    }
    let sends = writers.into_iter().map(|(number, (writer, answer))| {
        let bytes = &bytes[number as usize - 1];
        async move { (number, writer.all(bytes, answer).await) }
    });
    let mut parts = Vec::new();
    for (number, part) in together(sends).await {
        let part = cx.check("BLOB-PART-3", "put-part beside others").ok(part)?;
        cx.check("TYP-CALL-2", "compare the numbers of calls in flight")
            .equal(part.number, number)?;
        parts.push(part);
    }
    parts.reverse();
    cx.ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
    cx.check("TYP-CALL-2", "get after complete")
        .value(container.get(NAME).await, &bytes.concat())
}
