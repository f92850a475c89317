use crate::sending::{NAME, begin_upload, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.part-stalled",
    title: "a part that the guest does not go on with holds up no other part and no other call",
    clauses: ["BLOB-STREAM-5", "BLOB-PART-3"],
    requires: ["blob.multipart"],
    lane: Lane::Concurrency,
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let bytes = cx.random_bytes(100_000);
    let begun = multipart::begin_part(&container, NAME, &upload, 2, bytes.len() as u64);
    let (mut writer, answer) = begun;
    writer.write(&bytes[..40_000]).await;
    let meanwhile = async {
        for number in [1, 3] {
            let part = multipart::put_part(&container, NAME, &upload, number, b"meanwhile");
            cx.check("BLOB-PART-3", "put-part beside one that stands still")
                .ok(part.await)?;
        }
        let has = cx.ok(multipart::parts(&container, NAME, &upload).await)?;
        cx.check(
            "BLOB-STREAM-5",
            "count the parts beside one that stands still",
        )
        .equal(has.len(), 2)?;
        cx.ok(container.put("other", b"bytes").await)?;
        // Another upload of the name, from its beginning to its end.
        let second = begin_upload(cx, &container).await?;
        send(cx, &container, &second, 2, b"other").await?;
        cx.ok(multipart::abort(&container, NAME, &second).await)
    };
    match cx.within(cx.patience(), meanwhile).await {
        Some(made) => made?,
        None => cx
            .check("BLOB-STREAM-5", "calls beside a part that stands still")
            .that(false, "answers", "none in time")?,
    }
    let last = writer.all(&bytes[40_000..], answer).await;
    let last = cx
        .check("BLOB-STREAM-5", "go on with a part that stood still")
        .ok(last)?;
    cx.ok(multipart::complete(&container, NAME, &upload, &[last]).await)?;
    cx.check("BLOB-STREAM-5", "get after complete with that part")
        .value(container.get(NAME).await, &bytes)
}
