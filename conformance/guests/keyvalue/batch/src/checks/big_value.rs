use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, put, some_items, with_new_values};

case! {
    id: "kv.batch.big-value",
    title: "set-many with a value over the limit is refused with that limit and writes nothing",
    clauses: ["KV-BATCH-4", "KV-BATCH-5", "KV-VALUE-2"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = cx.small_limit("kv.value.max-bytes")? else {
        return Ok(());
    };
    let items = some_items(cx, "", 6);
    put(cx, &store, &items[..3]).await?;
    let refusal = Kind::TooLarge(limit as u64);
    // More than one only where they are cheap.
    let mut places = vec![vec![1 + cx.random_below(5) as usize]];
    if limit <= 1 << 20 {
        places.extend([vec![0], vec![5], vec![0, 5], vec![1, 2, 3]]);
    }
    for places in places {
        let mut entries = with_new_values(cx, &items);
        for place in &places {
            entries[*place].1 = vec![b'v'; limit + 1];
        }
        // The rule for values comes before the one for repeated keys.
        let repeated = entries[0].0.clone();
        if let Some(place) = places.iter().find(|place| **place > 0) {
            entries[*place].0 = repeated;
        }
        let places: Vec<u32> = places.into_iter().map(|place| place as u32).collect();
        cx.check("KV-VALUE-2", "set-many with a value over the limit")
            .refused(batch::set_many(&store, &entries).await, refusal, &places)?;
    }
    is_exactly(cx, "KV-BATCH-5", &store, &items[..3]).await?;
    // The batch without them is taken as ever.
    let entries = with_new_values(cx, &items);
    cx.check("KV-BATCH-4", "set-many after a refused batch")
        .ok(batch::set_many(&store, &entries).await)?;
    is_exactly(cx, "KV-BATCH-4", &store, &entries).await
}
