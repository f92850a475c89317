use conformance_kit::prelude::*;

use crate::support::{FLOOR, all_refuse, is_exactly, put, some_items};

case! {
    id: "kv.batch.empty-key",
    title: "a batch with an empty key in any place is refused, with that place, and does nothing",
    clauses: ["KV-BATCH-4", "KV-BATCH-5", "KV-KEY-4"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let items = some_items(cx, "", FLOOR);
    // Every other key is present, so that each function could do something.
    let held: Vec<_> = items.iter().step_by(2).cloned().collect();
    put(cx, &store, &held).await?;
    all_refuse(cx, "KV-KEY-4", &store, &[""], Kind::InvalidArgument, &[0]).await?;
    let random = cx.random_below(FLOOR as u64) as usize;
    for place in [0, 1, random, FLOOR - 2, FLOOR - 1] {
        let mut keys: Vec<&str> = items.iter().map(|(key, _)| key.as_str()).collect();
        keys[place] = "";
        let places = [place as u32];
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
