use crate::sending::{NAME, begin_upload, send, texts};
use blobstore::multipart::{self, ReceivedPart};
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.parts",
    title: "parts returns each part that the upload has, once, with tag and size, by ascending numbers",
    clauses: ["BLOB-PARTS-1"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let mut sent: Vec<ReceivedPart> = Vec::new();
    // New ones before, behind and between; again ones, longer and shorter.
    let most = u32::try_from(cx.limit("blob.part.max-number")?).unwrap_or(u32::MAX);
    for number in [20, 3, 100, 7, 20, 3, 1_000, 1, most, most - 1] {
        // One of them has no bytes, and is a part all the same.
        let length = match number {
            7 => 0,
            _ => 1 + cx.random_below(1_000) as usize,
        };
        let bytes = cx.random_bytes(length);
        let part = send(cx, &container, &upload, number, &bytes).await?;
        sent.retain(|earlier| earlier.part.number != number);
        sent.push(ReceivedPart {
            part,
            size: bytes.len() as u64,
        });
        sent.sort_by_key(|received| received.part.number);
        let has = cx
            .check("BLOB-PARTS-1", "parts after each part")
            .ok(multipart::parts(&container, NAME, &upload).await)?;
        cx.check(
            "BLOB-PARTS-1",
            "compare what parts returned with what was sent",
        )
        .equal(texts(&has), texts(&sent))?;
    }
    Ok(())
}
