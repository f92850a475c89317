use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.expiry.recreated",
    title: "a key that ended can be set again and is not ended by its earlier lifetime",
    clauses: ["KV-EXPIRY-1", "KV-EXPIRY-2", "KV-EXPIRY-4", "KV-EXPIRY-6"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let span = cx.expiring(&store, "set", b"old", limits.ttl(30)).await?;
    let other = cx.expiring(&store, "again", b"old", limits.ttl(30)).await?;
    cx.watch_end(&span, async || cx.ok(store.exists("set").await))
        .await?;
    cx.ok(store.set("set", b"new").await)?;
    cx.watch_end(&other, async || cx.ok(store.exists("again").await))
        .await?;
    let hour = cx
        .expiring(&store, "again", b"new", limits.ttl(3_600_000))
        .await?;

    // A service that removes ended keys by and by gets the time for it.
    let end =
        cx.now().await + Duration::from_millis(80).max(limits.lateness.min(Duration::from_secs(2)));
    while cx.now().await < end {
        cx.check("KV-EXPIRY-6", "get of a key that was set after its end")
            .value(store.get("set").await, b"new")?;
        if hour.lives(cx.now().await) {
            cx.check("KV-EXPIRY-6", "get of a key that was set to end once more")
                .value(store.get("again").await, b"new")?;
        }
    }
    let check = cx.check(
        "KV-EXPIRY-4",
        "remaining of a key that was set after its end",
    );
    let rest = check.some(expiry::remaining(&store, "set").await)?;
    check.that(matches!(rest, Lifetime::Permanent), "permanent", &rest)
}
