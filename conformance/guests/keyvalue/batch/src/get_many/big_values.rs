use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, keys_of, put};

case! {
    /// What a service returns in one answer has a limit too, which a provider
    /// has to split for.
    id: "kv.batch.get.big-values",
    title: "get-many returns as many of the largest portable values as a batch has, and bigger ones",
    clauses: ["KV-BATCH-1", "KV-VALUE-1"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let most = cx.limit("kv.value.max-bytes")?.min(200_000) as usize;
    for (count, length) in [(FLOOR, 24_576), (2, most)] {
        let block = cx.random_bytes(251);
        let items: Vec<_> = (0..count)
            .map(|number| {
                let mut value = block.repeat(length / 251 + 1);
                value.truncate(length);
                value[0] = number as u8;
                (format!("{length}/{number}"), value)
            })
            .collect();
        put(cx, &store, &items).await?;
        let read = batch::get_many(&store, &keys_of(&items)).await;
        let read = cx.check("KV-BATCH-1", "get-many of big values").ok(read)?;
        cx.check("KV-BATCH-1", "get-many of big values")
            .equal(read.len(), count)?;
        for ((_, value), read) in items.iter().zip(read) {
            cx.check("KV-VALUE-1", "get-many of big values")
                .value(Ok::<_, Error>(read), value)?;
        }
    }
    Ok(())
}
