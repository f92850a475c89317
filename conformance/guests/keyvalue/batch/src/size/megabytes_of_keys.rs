use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{put, up_to};

case! {
    /// Most keys are absent: it is their names that are long together.
    id: "kv.batch.megabytes-of-keys",
    title: "get-many and delete-many take as many of the longest keys as fit a mebibyte",
    clauses: ["KV-BATCH-1", "KV-BATCH-8", "KV-GETMANY-2"],
    requires: ["kv.batch"],
}

/// All keys together, if the limits of the binding allow it.
const TOTAL: usize = 1 << 20;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let length = cx.limit("kv.key.max-bytes")?.min(4_096) as usize;
    let count = up_to(cx, TOTAL / length)?;
    let stem = cx.random_text(length - 4);
    let keys: Vec<String> = (0..count).map(|n| format!("{stem}{n:04}")).collect();
    let items: Vec<_> = (keys.iter().rev().step_by(count / 20 + 1))
        .map(|key| (key.clone(), cx.random_bytes(8)))
        .collect();
    put(cx, &store, &items).await?;
    let values = batch::get_many(&store, &keys).await;
    let values = cx
        .check("KV-BATCH-1", "get-many of many long keys")
        .ok(values)?;
    let mut found: Vec<_> = (keys.iter().cloned().zip(values))
        .filter_map(|(key, value)| Some((key, value?)))
        .collect();
    found.reverse();
    cx.check("KV-GETMANY-2", "count what get-many found under long keys")
        .equal(found.len(), items.len())?;
    cx.check("KV-GETMANY-2", "get-many of many long keys")
        .that(found == items, "the values that were set", "others")?;
    cx.check("KV-BATCH-1", "delete-many of many long keys")
        .ok(batch::delete_many(&store, &keys).await)?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-BATCH-8", "list after delete-many of all keys")
        .equal(listed.len(), 0)
}
