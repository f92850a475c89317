use core::pin::pin;

use blobstore::range;
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::slices::slice;
use crate::support::WATCH;

case! {
    id: "blob.get.end-beside",
    title: "the future beside a get says ok after the last byte that was asked for, and not before",
    clauses: ["BLOB-GET-9"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 400_000);
    cx.ok(container.put("object", &bytes).await)?;
    for (offset, length) in [
        (0, None),
        (100, Some(1_000)),
        (50_000, Some(300_000)),
        (399_000, None),
        (399_000, Some(9_999)),
    ] {
        let asked = slice(&bytes, offset, length);
        let part = range(offset, length).filter(|_| asked.len() < bytes.len());
        for left in [asked.len(), asked.len() / 2, 1] {
            let found = container.begin_get("object", part, None).await;
            let content = cx.check("BLOB-GET-9", "get of an object").some(found)?;
            let (mut stream, end) = content.split();
            let mut end = pin!(async { end.await });
            let (first, rest) = asked.split_at(asked.len() - left);
            cx.check("BLOB-GET-9", "read some of the bytes")
                .bytes(&stream.read_exact(first.len()).await, first)?;
            let early = cx.within(WATCH, &mut end).await;
            cx.check(
                "BLOB-GET-9",
                &format!("wait for the end before {left} bytes"),
            )
            .that(early.is_none(), "no word yet", "a word")?;
            cx.check("BLOB-GET-9", "read the rest of the bytes")
                .bytes(&stream.read_exact(left).await, rest)?;
            // Who counts the bytes need not look for the end of the stream.
            match cx.within(cx.patience(), &mut end).await {
                Some(end) => cx.check("BLOB-GET-9", "end after the last byte").ok(end)?,
                None => cx
                    .check("BLOB-GET-9", "wait for the end after the last byte")
                    .that(false, "ok", "no word")?,
            }
        }
        let found = container.begin_get("object", part, None).await;
        let mut content = cx.check("BLOB-GET-9", "get of an object").some(found)?;
        cx.check("BLOB-GET-9", "read exactly the bytes")
            .bytes(&content.read_exact(asked.len()).await, asked)?;
        cx.check("BLOB-GET-9", "drop a stream behind its last byte")
            .ok(content.end().await)?;
    }
    Ok(())
}
