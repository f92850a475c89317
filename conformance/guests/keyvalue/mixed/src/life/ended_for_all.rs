use conformance_kit::prelude::*;
use keyvalue::{batch, cas, counters::increment, expiry};

case! {
    /// Each key is found ended by one function, then all others have to agree,
    /// the writing ones included.
    id: "kv.expiry.absent-for-all",
    title: "conditional writes, batches and counters treat a key that ended as absent",
    clauses: ["KV-EXPIRY-1", "KV-EXPIRY-2", "KV-EXPIRY-3", "KV-SWAP-4", "KV-DELETE-IF-3"],
    requires: ["kv.cas", "kv.batch", "kv.counters", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let mut keys = Vec::new();
    for place in 0..6_u64 {
        let ttl = limits.accepted(limits.ttl(40) + Duration::from_millis(place * 8));
        let key = format!("key-{place}");
        let span = cx.expiring(&store, &key, b"41", ttl).await?;
        let entry = cx.ok(cas::current(&store, &key).await)?;
        keys.push((
            key,
            span,
            entry.map_or_else(String::new, |entry| entry.version),
        ));
    }
    for (place, (key, span, version)) in keys.iter().enumerate() {
        cx.watch_end(span, async || match place {
            0 => Ok(cx.ok(cas::current(&store, key).await)?.is_some()),
            1 => Ok(cx
                .ok(batch::get_many(&store, &[key, "none"]).await)?
                .iter()
                .any(Option::is_some)),
            2 => match cas::delete_if(&store, key, "unknown").await {
                Err(cas::SwapError::Stale(entry)) => Ok(entry.is_some()),
                other => cx.ok(other).map(|()| false),
            },
            3 => match cas::swap(&store, key, b"lost", "unknown").await {
                Err(cas::SwapError::Stale(entry)) => Ok(entry.is_some()),
                other => cx.ok(other).map(|_| false),
            },
            4 => Ok(cx.ok(store.get(key).await)?.is_some()),
            _ => Ok(cx.ok(expiry::remaining(&store, key).await)?.is_some()),
        })
        .await?;
        let stale = cas::swap(&store, key, b"lost", version).await;
        cx.check("KV-SWAP-4", "swap of an ended key by its version")
            .stale(stale, None)?;
        let stale = cas::delete_if(&store, key, version).await;
        cx.check("KV-DELETE-IF-3", "delete-if of an ended key by its version")
            .stale(stale, None)?;
        let check = cx.check("KV-EXPIRY-3", "call on a key that has ended");
        check.none(cas::current(&store, key).await)?;
        check.returns(batch::get_many(&store, &[key, key]).await, vec![None, None])?;
        check.none(store.get(key).await)?;
        check.returns(store.exists(key).await, false)?;
        check.none(expiry::remaining(&store, key).await)?;
        check.keys::<&str>(&cx.all_keys(&store, key, None).await?, &[])?;
        check.ok(batch::delete_many(&store, &[key]).await)?;
        if place % 2 == 0 {
            check.ok(cas::create(&store, key, b"new").await)?;
            check.value(store.get(key).await, b"new")?;
        } else {
            check.returns(increment(&store, key, 1).await, 1)?;
        }
    }
    Ok(())
}
