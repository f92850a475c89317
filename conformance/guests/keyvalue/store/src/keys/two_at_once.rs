use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys, starting};

case! {
    id: "kv.keys.two-at-once",
    title: "streams that are read in turns each deliver all their keys",
    clauses: ["KV-KEYS-1", "KV-KEYS-2"],
}

const PREFIXES: [&str; 5] = ["", "a", "a", "b", "c"];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let other = cx.store().await?;
    let keys = [some_keys(cx, "a", 8), some_keys(cx, "b", 5)].concat();
    fill(cx, &store, &keys).await?;
    let handles = [&store, &store, &other, &other, &store];
    let mut streams: Vec<_> = handles
        .into_iter()
        .zip(PREFIXES)
        .map(|(handle, prefix)| (handle.keys(prefix), Vec::new()))
        .collect();
    // One key of each, then two of each, and so on.
    for round in 1..4 {
        for (stream, streamed) in &mut streams {
            for _ in 0..round {
                if let Some(key) = stream.next().await {
                    streamed.push(key);
                }
            }
        }
    }
    let read = together(streams.into_iter().map(|(stream, streamed)| async move {
        let (rest, end) = stream.collect().await;
        ([streamed, rest].concat(), end)
    }));
    for ((streamed, end), prefix) in read.await.into_iter().zip(PREFIXES) {
        cx.check("KV-KEYS-2", "read streams in turns").ok(end)?;
        cx.check("KV-KEYS-1", "read streams in turns")
            .keys(&streamed, &starting(&keys, prefix))?;
    }
    Ok(())
}
