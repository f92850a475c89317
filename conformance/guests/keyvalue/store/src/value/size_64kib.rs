use conformance_kit::prelude::*;

use crate::support::{big_value, keeps};

case! {
    id: "kv.value.size-64kib",
    title: "values around 64 KiB are kept",
    clauses: ["KV-VALUE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limit = cx.limit("kv.value.max-bytes")?;
    for length in [32_767_u64, 32_768, 65_535, 65_536, 65_537, 131_072] {
        if length <= limit {
            keeps(cx, &store, "key", &big_value(cx, length as usize)).await?;
        } else {
            cx.note(format!("{length} bytes are beyond the limit of {limit}"));
        }
    }
    Ok(())
}
