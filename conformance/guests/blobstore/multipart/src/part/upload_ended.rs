use crate::sending::{NAME, begin_upload, send};
use blobstore::{multipart, patiently};
use conformance_kit::prelude::*;

case! {
    /// The part comes to its end after the upload: it can take no effect any more.
    id: "blob.multipart.part-upload-ended",
    title: "a part that is in flight when its upload is aborted or completed is not-found, and brings nothing back",
    clauses: ["BLOB-UPLOAD-5", "BLOB-ABORT-1", "BLOB-COMPLETE-2"],
    requires: ["blob.multipart"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = cx.random_bytes(2_000);
    for is_completed in [false, true] {
        for number in [1, 2] {
            let upload = begin_upload(cx, &container).await?;
            let first = [send(cx, &container, &upload, 1, b"first").await?];
            let begun = multipart::begin_part(&container, NAME, &upload, number, 2_000);
            let (mut writer, answer) = begun;
            writer.write(&bytes[..1_000]).await;
            // To read the clock takes until the call has begun.
            cx.now().await;
            let ends = async || match is_completed {
                true => multipart::complete(&container, NAME, &upload, &first)
                    .await
                    .map(drop),
                false => multipart::abort(&container, NAME, &upload).await,
            };
            match cx.within(cx.patience() * 2, patiently(cx, ends)).await {
                Some(ended) => cx.ok(ended)?,
                None => cx
                    .check("BLOB-ABORT-1", "end an upload beside a part in flight")
                    .that(false, "an answer", "none in time")?,
            }
            let late = writer.all(&bytes[1_000..], answer).await;
            cx.check("BLOB-UPLOAD-5", "put-part that ends after its upload")
                .fails(late, Kind::NotFound)?;
            let parts = multipart::parts(&container, NAME, &upload).await;
            cx.check("BLOB-UPLOAD-5", "parts after all that")
                .fails(parts, Kind::NotFound)?;
            if is_completed {
                cx.check("BLOB-COMPLETE-2", "get after a part that came too late")
                    .value(container.get(NAME).await, b"first")?;
            } else {
                cx.check("BLOB-ABORT-1", "get after a part that came too late")
                    .none(container.get(NAME).await)?;
            }
        }
    }
    Ok(())
}
