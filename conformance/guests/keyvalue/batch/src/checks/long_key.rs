use conformance_kit::prelude::*;

use crate::support::{FLOOR, all_refuse, is_exactly, key_limit, keys_of, put, some_items};

case! {
    id: "kv.batch.long-key",
    title: "a batch with a key over the limit in any place is refused with that limit and does nothing",
    clauses: ["KV-BATCH-4", "KV-BATCH-5", "KV-KEY-5"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = key_limit(cx)? else {
        return Ok(());
    };
    let items = some_items(cx, "", FLOOR);
    let held: Vec<_> = items.iter().step_by(2).cloned().collect();
    put(cx, &store, &held).await?;
    let refusal = Kind::TooLarge(limit as u64);
    let longest = cx.random_text(limit);
    let random = cx.random_below(FLOOR as u64) as usize;
    for (place, end) in [(0, "a"), (random, "é"), (FLOOR - 1, "\0")] {
        let long = [&longest, end].concat();
        all_refuse(cx, "KV-KEY-5", &store, &[&long], refusal, &[0]).await?;
        let mut keys = keys_of(&items);
        keys[place] = &long;
        let places = [place as u32];
        all_refuse(cx, "KV-BATCH-4", &store, &keys, refusal, &places).await?;
    }
    is_exactly(cx, "KV-BATCH-5", &store, &held).await
}
