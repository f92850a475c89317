use std::collections::BTreeSet;

use conformance_kit::prelude::*;
use keyvalue::{batch, cas, counters::increment, expiry};

case! {
    id: "kv.version.mixed-writes",
    title: "no version comes twice and none stays over 150 writes of all interfaces",
    clauses: ["TYP-VER-1", "KV-CAS-3"],
    requires: ["kv.cas", "kv.counters", "kv.batch", "kv.expiry"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    let mut seen = BTreeSet::new();
    let mut last: Option<String> = None;
    for _ in 0..150 {
        // Few values, so that the same bytes come often.
        let value = cx.random_below(3).to_string();
        let value = value.as_bytes();
        let kind = cx.random_below(9);
        match (kind, &last) {
            (0, _) => cx.ok(store.set("key", value).await)?,
            (1, _) => drop(cx.ok(increment(&store, "key", cx.random_below(2) as i64).await)?),
            (2, _) => cx.ok(batch::set_many(&store, &[("key", value), ("other", value)]).await)?,
            (3, _) => cx.ok(expiry::set_expiring(&store, "key", value, hour).await)?,
            (4, _) => {
                cx.ok(store.delete("key").await)?;
                cx.ok(increment(&store, "key", 1).await)?;
            }
            (5, _) => {
                cx.ok(batch::delete_many(&store, &["key"]).await)?;
                cx.ok(expiry::set_expiring(&store, "key", value, hour).await)?;
            }
            (6, Some(version)) => {
                cx.ok(cas::delete_if(&store, "key", version).await)?;
                cx.ok(batch::set_many(&store, &[("key", value)]).await)?;
            }
            (_, Some(version)) => drop(cx.ok(cas::swap(&store, "key", value, version).await)?),
            (_, None) => drop(cx.ok(cas::create(&store, "key", value).await)?),
        }
        let version = cx.version(&store, "key").await?;
        cx.check(
            "KV-CAS-3",
            &format!("compare the version around a write of kind {kind}"),
        )
        .that(last.as_ref() != Some(&version), "another version", &version)?;
        cx.check(
            "TYP-VER-1",
            &format!("compare with all versions before, write of kind {kind}"),
        )
        .that(
            seen.insert(version.clone()),
            "a version that the key never had",
            &version,
        )?;
        last = Some(version);
    }
    Ok(())
}
