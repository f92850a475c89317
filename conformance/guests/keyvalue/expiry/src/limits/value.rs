use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.expiry.value.limit",
    title: "set-expiring accepts a value of the greatest size and refuses one more byte, changing nothing",
    clauses: ["KV-VALUE-1", "KV-VALUE-2", "TYP-ERR-6"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = cx.small_limit("kv.value.max-bytes")? else {
        return Ok(());
    };
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    let mut value = vec![b'v'; limit];
    value[..16].copy_from_slice(&cx.random_bytes(16));
    let set = expiry::set_expiring(&store, "key", &value, hour).await;
    cx.check("KV-VALUE-1", "set-expiring of the greatest value")
        .ok(set)?;
    cx.check("KV-VALUE-1", "get of the greatest value")
        .value(store.get("key").await, &value)?;
    cx.ok(store.set("key", b"old").await)?;
    value.push(0);
    for key in ["key", "new"] {
        let set = expiry::set_expiring(&store, key, &value, hour).await;
        cx.check("KV-VALUE-2", "set-expiring of one byte more")
            .fails(set, Kind::TooLarge(limit as u64))?;
    }
    let check = cx.check("TYP-ERR-6", "look at the keys after refused calls");
    check.returns(store.exists("new").await, false)?;
    check.value(store.get("key").await, b"old")?;
    let rest = check.some(expiry::remaining(&store, "key").await)?;
    check.that(matches!(rest, Lifetime::Permanent), "permanent", &rest)
}
