use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.compressible",
    title: "values that compress well or not at all are kept",
    clauses: ["KV-VALUE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let length = 20_000;
    let run = cx.random_text(3).into_bytes();
    let mut almost = vec![0; length];
    almost[length - 1] = 1;
    let values = [
        vec![0; length],
        vec![0xff; length],
        run.repeat(length / 3),
        almost,
        cx.random_bytes(length),
        cx.random_text(length).into_bytes(),
    ];
    keeps_all(cx, &store, &values).await
}
