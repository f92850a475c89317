use crate::sending::{NAME, begin_upload, middle, send};
use blobstore::{multipart, range};
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.ranges",
    title: "ranges of a completed object go across the borders of its parts",
    clauses: ["BLOB-GET-5", "BLOB-COMPLETE-1"],
    requires: ["blob.multipart"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let bytes = [middle(cx)?, middle(cx)?, cx.random_bytes(40)];
    let mut parts = Vec::new();
    for (number, bytes) in (1..).zip(&bytes) {
        parts.push(send(cx, &container, &upload, number, bytes).await?);
    }
    cx.ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
    let first = bytes[0].len();
    let second = first + bytes[1].len();
    let whole = bytes.concat();

    let mut ranges = vec![
        (0, Some(whole.len())),
        // From within the first part into the last, and to the end.
        (first - 1, Some(second - first + 2)),
        (first - 1, None),
    ];
    for border in [first, second] {
        ranges.extend([
            (border - 1, Some(1)),
            (border - 1, Some(2)),
            (border, Some(1)),
            (border + 1, Some(1)),
            (border.saturating_sub(20), Some(40)),
            (border, None),
        ]);
    }
    for (offset, length) in ranges {
        let message = format!("get of {length:?} bytes from {offset} on, parts of {first} and on");
        let end = length.map_or(whole.len(), |length| whole.len().min(offset + length));
        let asked = range(offset as u64, length.map(|length| length as u64));
        let found = cx.ok(container.begin_get(NAME, asked, None).await)?;
        let check = cx.check("BLOB-GET-5", &message);
        let content = check.some(Ok::<_, Error>(found))?;
        cx.check("BLOB-COMPLETE-1", &message)
            .equal(content.info.size, whole.len() as u64)?;
        check.delivers(content, &whole[offset..end]).await?;
    }
    Ok(())
}
