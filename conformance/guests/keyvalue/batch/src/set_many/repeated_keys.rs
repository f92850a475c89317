use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, put, some_items, up_to};

case! {
    id: "kv.batch.set.repeated-keys",
    title: "set-many names all places of repeated keys but the first of each, and keeps the old values",
    clauses: ["KV-SETMANY-2", "KV-BATCH-5"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let items = some_items(cx, "", 12);
    put(cx, &store, &items[..6]).await?;
    for count in [2, 3, 10, 25, up_to(cx, 300)?] {
        // Few keys in many places, or one that stands at both ends.
        for kinds in [1, 2, 12] {
            let mut entries: Vec<(&str, Vec<u8>)> = Vec::new();
            let mut repeated = Vec::new();
            for place in 0..count {
                let mut key = items[cx.random_below(kinds) as usize].0.as_str();
                if place + 1 == count {
                    key = entries.first().map_or(key, |(key, _)| key);
                }
                if entries.iter().any(|(other, _)| *other == key) {
                    repeated.push(place as u32);
                }
                // The same value again is no excuse.
                let value = if place % 2 == 0 {
                    Vec::new()
                } else {
                    cx.random_bytes(5)
                };
                entries.push((key, value));
            }
            let message = format!("set-many of {count} items with {kinds} keys");
            cx.check("KV-SETMANY-2", &message).refused(
                batch::set_many(&store, &entries).await,
                Kind::InvalidArgument,
                &repeated,
            )?;
        }
    }
    is_exactly(cx, "KV-BATCH-5", &store, &items[..6]).await
}
