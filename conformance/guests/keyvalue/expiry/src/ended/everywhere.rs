use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    /// One function may not find a key that another one found ended, whichever of
    /// them is asked first.
    id: "kv.expiry.absent-everywhere",
    title: "once one function finds a key ended, all do",
    clauses: ["KV-EXPIRY-1", "KV-EXPIRY-2", "KV-EXPIRY-3"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let other = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let mut keys = Vec::new();
    for (place, key) in ["by-get", "by-exists", "by-list", "by-keys", "by-remaining"]
        .into_iter()
        .enumerate()
    {
        let ttl = limits.accepted(limits.ttl(40) + Duration::from_millis(place as u64 * 8));
        keys.push((key, cx.expiring(&store, key, b"value", ttl).await?));
    }
    for (place, (key, span)) in keys.iter().enumerate() {
        cx.watch_end(span, async || match place {
            0 => Ok(cx.ok(store.get(key).await)?.is_some()),
            1 => cx.ok(store.exists(key).await),
            2 => Ok(!cx.all_keys(&store, key, None).await?.is_empty()),
            3 => {
                let (keys, end) = store.keys(key).collect().await;
                cx.ok(end)?;
                Ok(!keys.is_empty())
            }
            _ => Ok(cx.ok(expiry::remaining(&store, key).await)?.is_some()),
        })
        .await?;
        let check = cx.check("KV-EXPIRY-3", "read a key that has ended");
        for store in [&store, &other] {
            check.keys::<&str>(&cx.all_keys(store, key, None).await?, &[])?;
            check.none(store.get(key).await)?;
            check.none(expiry::remaining(store, key).await)?;
            check.returns(store.exists(key).await, false)?;
            let (streamed, end) = store.keys(key).collect().await;
            cx.ok(end)?;
            check.keys::<&str>(&streamed, &[])?;
        }
    }
    Ok(())
}
