use crate::sending::{NAME, begin_upload, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.resend",
    title: "a part that is sent again takes the place of the earlier one, under another tag",
    clauses: ["BLOB-PART-1", "BLOB-PART-2"],
    requires: ["blob.multipart"],
}

/// More than a digest of the beginning of a part looks at.
const LONG: usize = 300_000;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let mut tags: Vec<String> = Vec::new();
    let mut last = None;
    let long = cx.random_bytes(LONG);
    let mut other_end = long.clone();
    if let Some(last) = other_end.last_mut() {
        *last ^= 1;
    }
    // Fewer bytes, others of the same length, and more. Two of one length have the same
    // CRC-32, two others differ in their last byte alone. The last state is the shortest:
    // nothing of a longer one may be left behind it.
    let states = [
        &b"the first of all"[..],
        b"other",
        b"bytes",
        b"plumless",
        b"buckeroo",
        long.as_slice(),
        other_end.as_slice(),
        b"longer than both",
        b"end",
    ];
    for bytes in states {
        let part = multipart::put_part(&container, NAME, &upload, 5, bytes).await;
        let part = cx
            .check("BLOB-PART-1", "put-part of a number again")
            .ok(part)?;
        cx.check("BLOB-PART-2", "compare the number of the part")
            .equal(part.number, 5)?;
        cx.check("BLOB-PART-2", "measure the tag of a part").that(
            (1..=256).contains(&part.tag.len()),
            "1 to 256 bytes",
            &part.tag,
        )?;
        let has = cx.ok(multipart::parts(&container, NAME, &upload).await)?;
        cx.check("BLOB-PART-1", "parts after a part was sent again")
            .that(
                has.len() == 1 && has[0].part.tag == part.tag && has[0].size == bytes.len() as u64,
                "the part that was sent last",
                &has,
            )?;
        cx.check("BLOB-PART-2", "look for the tag among earlier ones")
            .that(!tags.contains(&part.tag), "a tag of its own", &part.tag)?;
        tags.push(part.tag.clone());
        last = Some(part);
    }
    for tag in tags.iter().rev().skip(1) {
        let old = multipart::Part {
            number: 5,
            tag: tag.clone(),
        };
        cx.check("BLOB-PART-1", "complete with the tag of an earlier part")
            .fails(
                multipart::complete(&container, NAME, &upload, &[old]).await,
                Kind::NotFound,
            )?;
    }
    let parts: Vec<_> = last.into_iter().collect();
    cx.ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
    cx.check("BLOB-PART-1", "get after complete")
        .value(container.get(NAME).await, b"end")?;

    // The same number in another upload is another part.
    let upload = begin_upload(cx, &container).await?;
    let part = send(cx, &container, &upload, 5, b"anew").await?;
    cx.ok(multipart::complete(&container, NAME, &upload, &[part]).await)?;
    cx.check("BLOB-PART-1", "get after complete of another upload")
        .value(container.get(NAME).await, b"anew")
}
