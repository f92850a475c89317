use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, holds};

case! {
    /// What a service takes in one request has a limit, which a provider has to
    /// split for.
    id: "kv.batch.set.big-values",
    title: "set-many writes as many of the largest portable values as a batch has, and bigger ones",
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
                value[length - 1] = number as u8;
                (format!("{length}/{number}"), value)
            })
            .collect();
        cx.check("KV-BATCH-1", "set-many of big values")
            .ok(batch::set_many(&store, &items).await)?;
        holds(cx, "KV-VALUE-1", &store, &items).await?;
    }
    Ok(())
}
