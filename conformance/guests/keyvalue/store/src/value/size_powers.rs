use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.size-powers",
    title: "values around every power of two up to the portable length are kept",
    clauses: ["KV-VALUE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut lengths: Vec<usize> = (1..15)
        .flat_map(|power| [(1 << power) - 1, 1 << power, (1 << power) + 1])
        .collect();
    lengths.extend([24_575, 24_576]);
    let values: Vec<Vec<u8>> = lengths
        .into_iter()
        .map(|length| cx.random_bytes(length))
        .collect();
    keeps_all(cx, &store, &values).await
}
