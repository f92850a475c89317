use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.refused",
    title: "every function of expiry is refused where the feature is missing",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2"],
    refuses: "kv.expiry",
}

const REFUSED: Kind = Kind::Unsupported("kv.expiry");

async fn run(cx: &Context) -> Outcome {
    let store = cx.restricted_store().await?;
    cx.ok(store.set("present", b"value").await)?;
    let mut keys = vec!["present".to_owned(), "absent".to_owned(), String::new()];
    if let Some(limit) = cx.small_limit("kv.key.max-bytes")? {
        keys.push("k".repeat(limit + 1));
    }
    let ttls = [Duration::ZERO, Duration::from_secs(60), Duration::MAX];
    for key in &keys {
        cx.check("TYP-FEAT-1", "remaining")
            .fails(expiry::remaining(&store, key).await, REFUSED)?;
        for ttl in ttls {
            cx.check("TYP-FEAT-1", "set-expiring").fails(
                expiry::set_expiring(&store, key, b"new", ttl).await,
                REFUSED,
            )?;
        }
    }
    if let Some(limit) = cx.small_limit("kv.value.max-bytes")? {
        let value = vec![0; limit + 1];
        cx.check("TYP-FEAT-1", "set-expiring of a value beyond the limit")
            .fails(
                expiry::set_expiring(&store, "absent", &value, ttls[1]).await,
                REFUSED,
            )?;
    }
    cx.check("TYP-FEAT-2", "get after refused calls")
        .value(store.get("present").await, b"value")?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("TYP-FEAT-2", "list after refused calls")
        .keys(&listed, &["present"])
}
