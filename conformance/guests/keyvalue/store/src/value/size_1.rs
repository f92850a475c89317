use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.size-1",
    title: "every byte alone is a value",
    clauses: ["KV-VALUE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let values: Vec<[u8; 1]> = (0..=u8::MAX).map(|byte| [byte]).collect();
    keeps_all(cx, &store, &values).await
}
