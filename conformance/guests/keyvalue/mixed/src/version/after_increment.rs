use conformance_kit::prelude::*;
use keyvalue::{cas, counters::increment};

case! {
    id: "kv.version.after-increment",
    title: "every increment, also by zero, gives the key another version",
    clauses: ["KV-CAS-3", "KV-INCR-10", "TYP-VER-1", "KV-SWAP-3", "KV-DELETE-IF-2"],
    requires: ["kv.cas", "kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut versions = vec![cx.ok(cas::create(&store, "counter", b"5").await)?];
    let mut sum = 5;
    for delta in [1, 0, -1, 0, 7, -7, 0, i64::MAX - 5, -i64::MAX] {
        let last = versions[versions.len() - 1].clone();
        sum += delta;
        cx.ok(increment(&store, "counter", delta).await)?;
        let text = sum.to_string();
        let check = cx.check("TYP-VER-1", "current after an increment");
        let version = check.entry(cas::current(&store, "counter").await, text.as_bytes())?;
        check.that(
            !versions.contains(&version),
            "a version that the key never had",
            &version,
        )?;
        let clause = if delta == 0 { "KV-INCR-10" } else { "KV-CAS-3" };
        cx.check(clause, "compare the version before and after an increment")
            .that(version != last, "another version", &version)?;
        let stale = cas::swap(&store, "counter", b"0", &last).await;
        cx.check("KV-SWAP-3", "swap by the version before an increment")
            .stale(stale, Some(text.as_bytes()))?;
        let stale = cas::delete_if(&store, "counter", &last).await;
        cx.check(
            "KV-DELETE-IF-2",
            "delete-if by the version before an increment",
        )
        .stale(stale, Some(text.as_bytes()))?;
        versions.push(version);
    }
    // A counter that increment made has a version like any other key.
    cx.ok(increment(&store, "new", 0).await)?;
    let first = cx.version(&store, "new").await?;
    cx.ok(increment(&store, "new", 0).await)?;
    let stale = cas::swap(&store, "new", b"9", &first).await;
    cx.check("KV-SWAP-3", "swap by the first version of a counter")
        .stale(stale, Some(b"0"))?;
    Ok(())
}
