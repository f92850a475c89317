use conformance_kit::prelude::*;
use keyvalue::cas;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.expiry.swap-clears",
    title: "a swap makes an expiring key permanent, a stale call leaves its lifetime",
    clauses: ["KV-EXPIRY-4", "KV-EXPIRY-6", "KV-CAS-4", "KV-REMAINING-3", "KV-EXPIRY-1", "KV-EXPIRY-2"],
    requires: ["kv.cas", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let hour = limits.ttl(3_600_000);
    let long = cx.expiring(&store, "long", b"value", hour).await?;
    let stale = cas::swap(&store, "long", b"lost", "unknown").await;
    cx.check("KV-CAS-4", "swap of an expiring key by another version")
        .stale(stale, Some(b"value"))?;
    let stale = cas::create(&store, "long", b"lost").await;
    cx.check("KV-CAS-4", "swap that expects an expiring key absent")
        .stale(stale, Some(b"value"))?;
    let stale = cas::delete_if(&store, "long", "unknown").await;
    cx.check(
        "KV-CAS-4",
        "delete-if of an expiring key by another version",
    )
    .stale(stale, Some(b"value"))?;
    let present = cx.check_remaining(&store, "long", &long).await?;
    cx.check("KV-CAS-4", "look for the key after stale calls")
        .that(present, "present", &present)?;

    for value in [&b"value"[..], b"new", b""] {
        cx.ok(expiry::set_expiring(&store, "swapped", b"value", hour).await)?;
        let version = cx.version(&store, "swapped").await?;
        cx.ok(cas::swap(&store, "swapped", value, &version).await)?;
        let rest = cx.ok(expiry::remaining(&store, "swapped").await)?;
        cx.check("KV-EXPIRY-4", "remaining after a swap").that(
            matches!(rest, Some(Lifetime::Permanent)),
            "permanent",
            &rest,
        )?;
    }
    let ends = cx
        .expiring(&store, "ends", b"value", limits.ttl(40))
        .await?;
    let span = cx
        .expiring(&store, "short", b"value", limits.ttl(40))
        .await?;
    if let Some(entry) = cx.ok(cas::current(&store, "short").await)? {
        match cas::swap(&store, "short", b"new", &entry.version).await {
            // It ended before the swap came.
            Err(cas::SwapError::Stale(None)) if !span.lives(cx.now().await) => return Ok(()),
            swapped => drop(cx.ok(swapped)?),
        }
        cx.sleep_past(&span).await;
        cx.check("KV-EXPIRY-6", "get after the time that a swap took away")
            .value(store.get("short").await, b"new")?;
    }
    cx.watch_end(&ends, async || {
        // Stale calls neither lengthen the life of a key.
        match cas::swap(&store, "ends", b"lost", "unknown").await {
            Err(cas::SwapError::Stale(entry)) => Ok(entry.is_some()),
            other => cx.ok(other).map(|_| false),
        }
    })
    .await
}
