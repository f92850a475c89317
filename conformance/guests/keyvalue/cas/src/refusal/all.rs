use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    /// Refusal comes before every other error, so that a guest can probe for the
    /// feature with any argument.
    id: "kv.cas.refused",
    title: "every function of cas is refused where the feature is missing",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2"],
    refuses: "kv.cas",
}

const REFUSED: Kind = Kind::Unsupported("kv.cas");

async fn run(cx: &Context) -> Outcome {
    let store = cx.restricted_store().await?;
    cx.ok(store.set("present", b"value").await)?;
    let mut keys = vec!["present".to_owned(), "absent".to_owned(), String::new()];
    if let Some(limit) = cx.small_limit("kv.key.max-bytes")? {
        keys.push("k".repeat(limit + 1));
    }
    for key in &keys {
        cx.check("TYP-FEAT-1", "current")
            .fails(cas::current(&store, key).await, REFUSED)?;
        cx.check("TYP-FEAT-1", "swap that expects an absent key")
            .fails(cas::create(&store, key, b"new").await, REFUSED)?;
        cx.check("TYP-FEAT-1", "swap that expects a version")
            .fails(cas::swap(&store, key, b"new", "1").await, REFUSED)?;
        cx.check("TYP-FEAT-1", "delete-if")
            .fails(cas::delete_if(&store, key, "1").await, REFUSED)?;
    }
    if let Some(limit) = cx.small_limit("kv.value.max-bytes")? {
        let value = vec![0; limit + 1];
        cx.check("TYP-FEAT-1", "swap to a value beyond the limit")
            .fails(cas::create(&store, "absent", &value).await, REFUSED)?;
    }
    cx.check("TYP-FEAT-2", "get after refused calls")
        .value(store.get("present").await, b"value")?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("TYP-FEAT-2", "list after refused calls")
        .keys(&listed, &["present"])
}
