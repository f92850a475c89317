use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.refused",
    title: "increment is refused where the feature is missing",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2"],
    refuses: "kv.counters",
}

const REFUSED: Kind = Kind::Unsupported("kv.counters");

async fn run(cx: &Context) -> Outcome {
    let store = cx.restricted_store().await?;
    cx.ok(store.set("number", b"1").await)?;
    cx.ok(store.set("text", b"value").await)?;
    let mut keys = vec!["number", "text", "absent", ""];
    let long = match cx.small_limit("kv.key.max-bytes")? {
        Some(limit) => "k".repeat(limit + 1),
        None => String::new(),
    };
    keys.push(&long);
    for key in keys {
        for delta in [0, 1, i64::MAX] {
            cx.check("TYP-FEAT-1", "increment")
                .fails(increment(&store, key, delta).await, REFUSED)?;
        }
    }
    cx.check("TYP-FEAT-2", "get after refused calls")
        .value(store.get("number").await, b"1")?;
    cx.check("TYP-FEAT-2", "get after refused calls")
        .value(store.get("text").await, b"value")?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("TYP-FEAT-2", "list after refused calls")
        .keys(&listed, &["number", "text"])
}
