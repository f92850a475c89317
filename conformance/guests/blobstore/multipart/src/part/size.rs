use crate::sending::{NAME, begin_upload, received, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.part-size",
    title: "a part has as many bytes as was said, and no more than the limit",
    clauses: ["BLOB-PART-5", "BLOB-PART-6", "TYP-ERR-6"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let earlier = send(cx, &container, &upload, 1, b"earlier").await?;
    let before = received(cx, &container, &upload).await?;
    let bytes = cx.random_bytes(1_000);
    for size in [0, 1, 999, 1_001, 100_000] {
        let (writer, answer) = multipart::begin_part(&container, NAME, &upload, 1, size);
        cx.check(
            "BLOB-PART-6",
            "put-part of another number of bytes than was said",
        )
        .fails(writer.all(&bytes, answer).await, Kind::InvalidArgument)?;
        cx.check("BLOB-PART-6", "parts after a refused one")
            .equal(received(cx, &container, &upload).await?, before.clone())?;
    }
    let limit = cx.limit("blob.part.max-bytes")?;
    // Nobody sends so much for a case: it is taken, and then given up.
    for size in [limit - 1, limit] {
        for count in [0, 1_000] {
            let (mut writer, answer) = multipart::begin_part(&container, NAME, &upload, 1, size);
            let write = async {
                writer.write(&bytes[..count]).await;
                writer.fail(Error::Cancelled).await;
            };
            let ((), part) = both(write, answer.wait()).await;
            cx.check(
                "BLOB-PART-5",
                "give up a part of as many bytes as the limit",
            )
            .fails(part, Kind::Cancelled)?;
        }
    }
    for size in [limit.checked_add(1), Some(u64::MAX)] {
        let Some(size) = size.filter(|size| *size > limit) else {
            continue;
        };
        // Refused for what was said, whatever comes.
        let (writer, answer) = multipart::begin_part(&container, NAME, &upload, 1, size);
        cx.check("BLOB-PART-5", "put-part of more bytes than the limit")
            .fails(writer.all(&bytes, answer).await, Kind::TooLarge(limit))?;
    }
    cx.check("BLOB-PART-5", "parts after refused ones")
        .equal(received(cx, &container, &upload).await?, before)?;
    // Not only its entry in the list is as it was.
    cx.check(
        "TYP-ERR-6",
        "complete with the part from before refused ones",
    )
    .ok(multipart::complete(&container, NAME, &upload, &[earlier]).await)?;
    cx.check("TYP-ERR-6", "get after complete with that part")
        .value(container.get(NAME).await, b"earlier")
}
