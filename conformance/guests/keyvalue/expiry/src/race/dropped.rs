use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.expiry.dropped",
    title: "a set-expiring that is dropped in flight leaves the old or the new value with its own lifetime",
    clauses: ["TYP-CALL-1", "KV-SETEXP-1"],
    requires: ["kv.expiry"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    let long = cx.random_bytes(20_000);
    let mut dropped = 0;
    for round in 0..12 {
        // What was dropped may still come: each round has a key of its own.
        let key = format!("key-{round}");
        cx.ok(store.set(&key, b"old").await)?;
        let call = begin(expiry::set_expiring(&store, &key, &long, hour)).await;
        dropped += u32::from(call.in_flight());
        drop(call);
        drop(begin(expiry::remaining(&store, &key)).await);

        // The lifetime is read before the value and after it: in between the
        // dropped call may come.
        let check = cx.check("TYP-CALL-1", "read after a dropped set-expiring");
        let first = check.some(expiry::remaining(&store, &key).await)?;
        let value = check.some(store.get(&key).await)?;
        let last = check.some(expiry::remaining(&store, &key).await)?;
        let ends = |rest: &Lifetime| matches!(rest, Lifetime::Remaining(_));
        if value == b"old" {
            check.that(!ends(&first), "permanent", &first)?;
        } else {
            check.bytes(&value, &long)?;
            check.that(ends(&last), "an end", &last)?;
        }
        let after = format!("after-{round}");
        let set = expiry::set_expiring(&store, &after, b"value", hour).await;
        cx.check("KV-SETEXP-1", "set-expiring after a dropped one")
            .ok(set)?;
        cx.check("KV-SETEXP-1", "get after set-expiring")
            .value(store.get(&after).await, b"value")?;
    }
    cx.note(format!("{dropped} of 12 calls were dropped in flight"));
    Ok(())
}
