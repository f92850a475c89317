use conformance_kit::prelude::*;

use crate::support::{big_value, keeps};

case! {
    id: "kv.value.size-1mib",
    title: "values around 400 KiB and 1 MiB are kept",
    clauses: ["KV-VALUE-1"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limit = cx.limit("kv.value.max-bytes")?;
    for length in [409_600_u64, 524_289, 1_048_575, 1_048_576, 1_048_577] {
        if length <= limit {
            keeps(cx, &store, "key", &big_value(cx, length as usize)).await?;
        } else {
            cx.note(format!("{length} bytes are beyond the limit of {limit}"));
        }
    }
    Ok(())
}
