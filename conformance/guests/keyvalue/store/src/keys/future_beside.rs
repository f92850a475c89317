use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys};

case! {
    id: "kv.keys.future-beside",
    title: "the future may be awaited beside the stream, or be dropped before it is read",
    clauses: ["KV-KEYS-2", "KV-KEYS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "a", 15);
    fill(cx, &store, &keys).await?;

    let (mut stream, end) = store.keys("a").split();
    let reading = async {
        let mut streamed = Vec::new();
        while let Some(key) = stream.next().await {
            streamed.push(key);
        }
        streamed
    };
    let (streamed, end) = both(reading, async move { end.await }).await;
    cx.check("KV-KEYS-2", "await the future while the stream is read")
        .ok(end)?;
    cx.check("KV-KEYS-1", "await the future while the stream is read")
        .keys(&streamed, &keys)?;

    let (mut stream, end) = store.keys("").split();
    drop(end);
    let mut streamed = Vec::new();
    while let Some(key) = stream.next().await {
        streamed.push(key);
    }
    cx.check("KV-KEYS-1", "read a stream whose future was dropped")
        .keys(&streamed, &keys)
}
