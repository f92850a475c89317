use conformance_kit::prelude::*;
use keyvalue::{cas, expiry};

case! {
    id: "kv.version.after-set-expiring",
    title: "set-expiring gives the key another version, remaining and the passing of time do not",
    clauses: ["KV-CAS-3", "TYP-VER-1", "TYP-VER-2", "KV-SWAP-3", "KV-DELETE-IF-2"],
    requires: ["kv.cas", "kv.expiry"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    let mut versions = vec![cx.ok(cas::create(&store, "key", b"value").await)?];
    for value in [&b"value"[..], b"value", b"other", b"value", b""] {
        let last = versions[versions.len() - 1].clone();
        cx.ok(expiry::set_expiring(&store, "key", value, hour).await)?;
        let check = cx.check("TYP-VER-1", "current after set-expiring");
        let version = check.entry(cas::current(&store, "key").await, value)?;
        check.that(
            !versions.contains(&version),
            "a version that the key never had",
            &version,
        )?;
        cx.ok(expiry::remaining(&store, "key").await)?;
        cx.now().await;
        cx.check("TYP-VER-2", "version while the time to live runs")
            .equal(&cx.version(&store, "key").await?, &version)?;
        let stale = cas::swap(&store, "key", b"lost", &last).await;
        cx.check("KV-SWAP-3", "swap by the version before set-expiring")
            .stale(stale, Some(value))?;
        let stale = cas::delete_if(&store, "key", &last).await;
        cx.check(
            "KV-DELETE-IF-2",
            "delete-if by the version before set-expiring",
        )
        .stale(stale, Some(value))?;
        versions.push(version);
    }
    cx.ok(store.set("key", b"").await)?;
    let version = cx.version(&store, "key").await?;
    cx.check(
        "KV-CAS-3",
        "compare the version before and after a set of the same bytes",
    )
    .that(
        !versions.contains(&version),
        "a version that the key never had",
        &version,
    )
}
