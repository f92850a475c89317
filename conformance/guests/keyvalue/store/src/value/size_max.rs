use conformance_kit::prelude::*;

use crate::support::{big_value, keeps};

case! {
    id: "kv.value.size-max",
    title: "a value of exactly the greatest length is kept",
    clauses: ["KV-VALUE-1"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = cx.small_limit("kv.value.max-bytes")? else {
        return Ok(());
    };
    keeps(cx, &store, "key", &big_value(cx, limit)).await?;
    keeps(cx, &store, "key", b"short").await
}
