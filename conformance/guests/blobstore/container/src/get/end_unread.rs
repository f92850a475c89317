use blobstore::range;
use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.get.end-unread",
    title: "the future beside a get says ok, whether it is awaited before, while or after the stream is read",
    clauses: ["BLOB-GET-9"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [0, 1, 200_000] {
        let bytes = big(cx, size);
        cx.ok(container.put("object", &bytes).await)?;
        // Where no bytes are asked for, all of them have come at once.
        for nothing in [range(0, 0), range(size as u64, None), range(size as u64, 9)] {
            let found = container.begin_get("object", nothing, None).await;
            let content = cx.check("BLOB-GET-9", "get of no bytes").some(found)?;
            cx.check("BLOB-GET-9", "drop a stream of no bytes unread")
                .ok(content.end().await)?;
        }
        if bytes.is_empty() {
            let found = container.begin_get("object", None, None).await;
            let content = cx.check("BLOB-GET-9", "get of an empty object");
            let content = content.some(found)?;
            cx.check("BLOB-GET-9", "drop the stream of an empty object unread")
                .ok(content.end().await)?;
        }
        for turn in ["before", "while", "after"] {
            let found = container.begin_get("object", None, None).await;
            let content = cx.check("BLOB-GET-9", "get of an object").some(found)?;
            let (mut stream, end) = content.split();
            let ended = async {
                match turn {
                    "before" => {
                        let end = begin(async { end.await }).await;
                        let read = stream.rest().await;
                        (read, end.finish().await)
                    }
                    "while" => both(stream.rest(), async { end.await }).await,
                    _ => {
                        let read = stream.rest().await;
                        drop(stream);
                        (read, end.await)
                    }
                }
            };
            let ended = cx.within(cx.patience(), ended).await;
            let check = || cx.check("BLOB-GET-9", "read a stream and wait for its end");
            match ended {
                Some((read, end)) => {
                    check().ok(end)?;
                    check().bytes(&read, &bytes)?;
                }
                None => check().that(false, "ok", "no word")?,
            }
        }
    }
    Ok(())
}
