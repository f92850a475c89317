use conformance_kit::prelude::*;
use keyvalue::{cas, expiry};

case! {
    id: "kv.version.after-end",
    title: "a key that ended and was written again has none of the versions of its earlier lives",
    clauses: ["TYP-VER-1", "KV-SWAP-3", "KV-DELETE-IF-2"],
    requires: ["kv.cas", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let keys = ["by-set", "by-swap", "by-set-expiring"];
    let mut old: [Vec<String>; 3] = Default::default();
    for life in 0..3 {
        let mut last = None;
        for (key, old) in keys.iter().zip(&mut old) {
            match *key {
                "by-set" => cx.ok(store.set(key, b"value").await)?,
                "by-swap" => drop(cx.ok(cas::create(&store, key, b"value").await)?),
                _ => {
                    let hour = limits.ttl(3_600_000);
                    cx.ok(expiry::set_expiring(&store, key, b"value", hour).await)?;
                }
            }
            // Lives of several lengths, so that a count meets each earlier one.
            for _ in 0..=life {
                let version = cx.version(&store, key).await?;
                cx.check("TYP-VER-1", "compare with all versions before the end")
                    .that(
                        !old.contains(&version),
                        "a version that the key never had",
                        &version,
                    )?;
                for before in old.iter() {
                    let stale = cas::swap(&store, key, b"lost", before).await;
                    cx.check("KV-SWAP-3", "swap by a version before the end")
                        .stale(stale, Some(b"value"))?;
                }
                if let Some(before) = old.first() {
                    let stale = cas::delete_if(&store, key, before).await;
                    cx.check("KV-DELETE-IF-2", "delete-if by a version before the end")
                        .stale(stale, Some(b"value"))?;
                }
                old.push(version);
                cx.ok(store.set(key, b"value").await)?;
            }
            last = Some(cx.expiring(&store, key, b"value", limits.ttl(30)).await?);
            if let Some(entry) = cx.ok(cas::current(&store, key).await)? {
                old.push(entry.version);
            }
        }
        if let (Some(span), true) = (last, life < 2) {
            cx.sleep_past(&span).await;
        }
    }
    Ok(())
}
