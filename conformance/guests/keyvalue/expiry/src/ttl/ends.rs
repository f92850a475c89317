use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    /// The time to live starts somewhere within the call, so both bounds are
    /// measured from the far end of it.
    id: "kv.expiry.ends",
    title: "a key stays for its time to live and is absent after it and the lateness",
    clauses: ["KV-EXPIRY-1", "KV-EXPIRY-2"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 120,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let shortest = Duration::from_nanos(cx.limit("kv.ttl.min-ns")?);
    let lateness = Duration::from_nanos(cx.limit("kv.ttl.lateness-ns")?);
    let ttl = shortest.max(Duration::from_millis(40));

    let before = cx.now().await;
    cx.ok(expiry::set_expiring(&store, "key", b"value", ttl).await)?;
    let after = cx.now().await;
    loop {
        let asked = cx.now().await;
        let present = cx.ok(store.exists("key").await)?;
        let answered = cx.now().await;
        if present {
            cx.check("KV-EXPIRY-2", "exists after the time to live")
                .that(asked <= after + ttl + lateness, "absent", &(asked - after))?;
        } else {
            return cx
                .check("KV-EXPIRY-1", "exists within the time to live")
                .that(answered >= before + ttl, "present", &(answered - before));
        }
    }
}
