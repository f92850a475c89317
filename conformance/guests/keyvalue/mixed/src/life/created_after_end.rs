use conformance_kit::prelude::*;
use keyvalue::cas;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.cas.create.after-end",
    title: "a swap that expects an absent key creates one that has ended, to stay",
    clauses: ["KV-SWAP-1", "KV-SWAP-3", "KV-EXPIRY-3", "KV-EXPIRY-4", "KV-EXPIRY-6"],
    requires: ["kv.cas", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let span = cx.expiring(&store, "key", b"old", limits.ttl(30)).await?;
    // Creates the key as soon as it can be.
    let version = loop {
        let asked = cx.now().await;
        match cas::create(&store, "key", b"new").await {
            Ok(version) => {
                let answered = cx.now().await;
                let early = span.lives(answered);
                cx.check("KV-SWAP-3", "swap of a living key that expects it absent")
                    .that(!early, "stale", &version)?;
                break version;
            }
            Err(cas::SwapError::Stale(Some(_))) => {
                cx.check("KV-EXPIRY-3", "swap of an ended key that expects it absent")
                    .that(asked <= span.last(), "its creation", "stale")?;
            }
            other => drop(cx.check("KV-SWAP-1", "swap of an ended key").ok(other)?),
        }
        cx.sleep((span.before + span.ttl).saturating_sub(asked) / 8)
            .await;
    };
    cx.sleep_past(&span).await;
    let check = cx.check(
        "KV-EXPIRY-6",
        "current of a key that was created at its end",
    );
    check.equal(
        check.entry(cas::current(&store, "key").await, b"new")?,
        version,
    )?;
    let rest = cx.ok(expiry::remaining(&store, "key").await)?;
    cx.check(
        "KV-EXPIRY-4",
        "remaining of a key that was created at its end",
    )
    .that(
        matches!(rest, Some(Lifetime::Permanent)),
        "permanent",
        &rest,
    )
}
