use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys, starting};

case! {
    id: "kv.keys.at-a-time",
    title: "dozens of streams that are read at a time each deliver their own keys",
    clauses: ["KV-KEYS-1"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = Vec::new();
    for number in 0..12 {
        keys.extend(some_keys(cx, &format!("{number}/"), number));
    }
    fill(cx, &store, &keys).await?;
    let prefixes: Vec<String> = (0..36).map(|number| format!("{}/", number % 12)).collect();
    let streams = together(prefixes.iter().map(|prefix| store.keys(prefix).collect())).await;
    for (prefix, (streamed, end)) in prefixes.iter().zip(streams) {
        let check = cx.check("KV-KEYS-1", "read many streams at a time");
        check.ok(end)?;
        check.keys(&streamed, &starting(&keys, prefix))?;
    }
    Ok(())
}
