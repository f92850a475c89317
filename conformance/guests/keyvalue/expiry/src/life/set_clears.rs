use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.expiry.set-clears",
    title: "a set makes an expiring key permanent, also with the same bytes",
    clauses: ["KV-EXPIRY-4", "KV-EXPIRY-6", "KV-REMAINING-2"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let ttl = cx.ttl_limits()?.ttl(40);
    let values = [("same", &b"value"[..]), ("other", b"other"), ("empty", b"")];
    let mut spans = Vec::new();
    for (key, value) in values {
        spans.push(cx.expiring(&store, key, b"value", ttl).await?);
        cx.ok(store.set(key, value).await)?;
        let check = cx.check("KV-REMAINING-2", "remaining after a set");
        let rest = check.some(expiry::remaining(&store, key).await)?;
        check.that(matches!(rest, Lifetime::Permanent), "permanent", &rest)?;
    }
    for span in &spans {
        cx.sleep_past(span).await;
    }
    for (key, value) in values {
        cx.check("KV-EXPIRY-6", "get after the time that a set took away")
            .value(store.get(key).await, value)?;
        let check = cx.check(
            "KV-EXPIRY-4",
            "remaining after the time that a set took away",
        );
        let rest = check.some(expiry::remaining(&store, key).await)?;
        check.that(matches!(rest, Lifetime::Permanent), "permanent", &rest)?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-EXPIRY-4", "list after the time that a set took away")
        .keys(&listed, &["same", "other", "empty"])
}
