use conformance_kit::prelude::*;

use crate::support::{big_value, keeps, long_key};

case! {
    /// Each of the two limits holds alone; a service may count both together.
    id: "kv.value.longest-key",
    title: "a long value is kept under a long key",
    clauses: ["KV-VALUE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let lengths = [
        (512, 24_576),
        (
            long_key(cx)?,
            cx.limit("kv.value.max-bytes")?.min(4 << 20) as usize,
        ),
    ];
    for (key, value) in lengths {
        let key = cx.random_text(key);
        let value = big_value(cx, value);
        keeps(cx, &store, &key, &value).await?;
        keeps(cx, &store, &key, b"").await?;
        keeps(cx, &store, &key, &value[1..]).await?;
    }
    Ok(())
}
