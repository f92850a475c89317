use conformance_kit::prelude::*;
use keyvalue::Span;
use keyvalue::batch;
use keyvalue::expiry::{self, Lifetime};

case! {
    /// Nothing reads the keys before: a service may still hold what has ended.
    id: "kv.expiry.set-many-after-end",
    title: "set-many over keys that have ended makes them present, permanently",
    clauses: ["KV-SETMANY-1", "KV-EXPIRY-4", "KV-EXPIRY-6"],
    requires: ["kv.batch", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

const KEYS: [&str; 3] = ["one", "two", "three"];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let ttl = cx.ttl_limits()?.ttl(30);
    let mut last = cx.expiring(&store, KEYS[0], b"old", ttl).await?;
    for key in &KEYS[1..] {
        last = cx.expiring(&store, key, b"old", ttl).await?;
    }
    cx.sleep_past(&last).await;
    let before = cx.now().await;
    let entries: Vec<_> = KEYS.iter().map(|key| (key, b"new")).collect();
    cx.ok(batch::set_many(&store, &entries).await)?;
    let after = cx.now().await;
    for key in KEYS {
        cx.check("KV-SETMANY-1", "get after set-many over a key that ended")
            .value(store.get(key).await, b"new")?;
        let rest = cx.ok(expiry::remaining(&store, key).await)?;
        cx.check("KV-EXPIRY-4", "remaining after set-many over an ended key")
            .that(
                matches!(rest, Some(Lifetime::Permanent)),
                "permanent",
                &rest,
            )?;
    }
    // The end that the keys would have with their old time to live.
    cx.sleep_past(&Span {
        before,
        after,
        ..last
    })
    .await;
    for key in KEYS {
        cx.check("KV-EXPIRY-6", "get after the old time to live once more")
            .value(store.get(key).await, b"new")?;
    }
    Ok(())
}
