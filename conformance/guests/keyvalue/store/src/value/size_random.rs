use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.size-random",
    title: "values of random lengths are kept",
    clauses: ["KV-VALUE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let longest = cx.limit("kv.value.max-bytes")?.min(100_000);
    let values: Vec<Vec<u8>> = (0..24)
        .map(|at| {
            let most = if at % 3 == 0 { longest } else { 3_000 };
            let length = cx.random_below(most + 1) as usize;
            cx.random_bytes(length)
        })
        .collect();
    keeps_all(cx, &store, &values).await
}
