use crate::sending::{NAME, begin_upload, middle};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.out-of-order",
    title: "parts are put together by their numbers, in whatever order they were sent",
    clauses: ["BLOB-PART-3", "BLOB-COMPLETE-1"],
    requires: ["blob.multipart"],
    lane: Lane::Slow,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let most = u32::try_from(cx.limit("blob.part.max-number")?).unwrap_or(u32::MAX);
    // Numbers of one digit more than others, and of one less: they are no texts.
    for numbers in [
        [3, 1, 2],
        [most, 7, 1],
        [2, most - 1, 1_000],
        [most, most - 1, 1_001],
        [100, 99, 9],
    ] {
        let upload = begin_upload(cx, &container).await?;
        let mut sent = Vec::new();
        for number in numbers {
            let bytes = middle(cx)?;
            let part = multipart::put_part(&container, NAME, &upload, number, &bytes).await;
            let part = cx.check("BLOB-PART-3", "put-part in any order").ok(part)?;
            sent.push((number, part, bytes));
        }
        sent.sort_by_key(|(number, ..)| *number);
        let parts: Vec<_> = sent.iter().map(|(_, part, _)| part.clone()).collect();
        cx.check("BLOB-COMPLETE-1", "complete with parts sent in any order")
            .ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
        let whole: Vec<u8> = sent.into_iter().flat_map(|(.., bytes)| bytes).collect();
        cx.check("BLOB-COMPLETE-1", "get after complete")
            .value(container.get(NAME).await, &whole)?;
    }
    Ok(())
}
