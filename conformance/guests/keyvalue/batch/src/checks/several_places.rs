use conformance_kit::prelude::*;

use crate::support::{all_refuse, is_exactly, put, some_items, up_to};

case! {
    id: "kv.batch.several-places",
    title: "a refusal names all places that break the rule, in ascending order, counted from 0",
    clauses: ["KV-BATCH-4", "KV-BATCH-5"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let held = some_items(cx, "", 4);
    put(cx, &store, &held).await?;
    let limit = cx.limit("kv.key.max-bytes")?;
    let long = "k".repeat(limit.min(70_000) as usize + 1);
    for wanted in [2, 5, 25, 100, 300] {
        let count = up_to(cx, wanted)?;
        for (bad, kind) in [("", Kind::InvalidArgument), (&long, Kind::TooLarge(limit))] {
            if bad.len() > 70_000 || (count > 25 && bad.len() > 5_000) {
                continue;
            }
            let mut keys: Vec<String> = (0..count).map(|number| format!("key-{number}")).collect();
            keys[0].clone_from(&held[0].0);
            let odds = 2 + cx.random_below(4);
            let mut places = Vec::new();
            for (place, key) in keys.iter_mut().enumerate() {
                if place == count / 2 || place + 1 == count || cx.random_below(odds) == 0 {
                    bad.clone_into(key);
                    places.push(place as u32);
                }
            }
            all_refuse(cx, "KV-BATCH-4", &store, &keys, kind, &places).await?;
        }
    }
    // Nothing but bad items.
    for count in [2, 25] {
        let places: Vec<u32> = (0..count).collect();
        let keys = vec![""; count as usize];
        all_refuse(
            cx,
            "KV-BATCH-4",
            &store,
            &keys,
            Kind::InvalidArgument,
            &places,
        )
        .await?;
    }
    is_exactly(cx, "KV-BATCH-5", &store, &held).await
}
