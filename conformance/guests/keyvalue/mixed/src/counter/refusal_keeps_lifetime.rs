use conformance_kit::prelude::*;
use keyvalue::counters::increment;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.counters.refusal.lifetime",
    title: "a refused increment leaves the lifetime of the key",
    clauses: ["KV-INCR-7", "KV-REMAINING-3", "KV-EXPIRY-1", "KV-EXPIRY-2"],
    requires: ["kv.counters", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let most = i64::MAX.to_string();
    let ends = cx.expiring(&store, "ends", b"text", limits.ttl(50)).await?;
    for (key, value, kind) in [
        ("text", &b"text"[..], Kind::WrongType),
        ("empty", b"", Kind::WrongType),
        ("most", most.as_bytes(), Kind::OutOfRange),
    ] {
        let span = cx
            .expiring(&store, key, value, limits.ttl(3_600_000))
            .await?;
        cx.check("KV-INCR-7", "increment that is refused")
            .fails(increment(&store, key, 1).await, kind)?;
        let present = cx.check_lifetime("KV-INCR-7", &store, key, &span).await?;
        cx.check("KV-INCR-7", "look for the key of a refused increment")
            .that(present, "present", &present)?;
        cx.check("KV-INCR-7", "get after a refused increment")
            .value(store.get(key).await, value)?;
        cx.ok(store.set(key, value).await)?;
        cx.check("KV-INCR-7", "increment of a permanent key that is refused")
            .fails(increment(&store, key, 1).await, kind)?;
        let rest = cx.ok(expiry::remaining(&store, key).await)?;
        cx.check(
            "KV-INCR-7",
            "remaining of a permanent key after a refused increment",
        )
        .that(
            matches!(rest, Some(Lifetime::Permanent)),
            "permanent",
            &rest,
        )?;
    }
    cx.watch_end(&ends, async || match increment(&store, "ends", 1).await {
        Err(Error::WrongType) => Ok(true),
        other => cx.ok(other).map(|_| false),
    })
    .await
}
