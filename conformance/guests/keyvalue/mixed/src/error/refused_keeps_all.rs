use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};
use keyvalue::{batch, cas};

case! {
    /// Value, version and lifetime: a refused write may touch none of them.
    id: "kv.error.refused-keeps-all",
    title: "a refused write leaves value, version and lifetime of its key as they were",
    clauses: ["TYP-ERR-6", "TYP-VER-2"],
    requires: ["kv.cas", "kv.batch", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 120,
}

/// Reads `key`, which has an end if `ends`, and has had `version` since it was set.
async fn untouched(cx: &Context, store: &Store, key: &str, ends: bool, version: &str) -> Outcome {
    let check = cx.check("TYP-ERR-6", "look at a key after a refused write");
    let now = check.entry(cas::current(store, key).await, b"old")?;
    let rest = check.some(expiry::remaining(store, key).await)?;
    let has_end = matches!(rest, Lifetime::Remaining(_));
    check.that(has_end == ends, "the lifetime it had", &rest)?;
    cx.check("TYP-VER-2", "version after a refused write")
        .equal(now.as_str(), version)
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let hour = limits.ttl(3_600_000);
    let one = Duration::from_nanos(1);
    let mut refused = vec![(Duration::ZERO, Kind::InvalidArgument)];
    if limits.shortest > one {
        refused.push((limits.shortest - one, Kind::OutOfRange));
    }
    if limits.longest.as_nanos() < u128::from(u64::MAX) {
        refused.push((limits.longest + one, Kind::OutOfRange));
    }
    let limit = cx.small_limit("kv.value.max-bytes")?;
    let large = limit.map(|limit| (vec![b'x'; limit + 1], Kind::TooLarge(limit as u64)));
    for key in ["permanent", "ends"] {
        let ends = key == "ends";
        if ends {
            cx.ok(expiry::set_expiring(&store, key, b"old", hour).await)?;
        } else {
            cx.ok(store.set(key, b"old").await)?;
        }
        let version = cx.version(&store, key).await?;
        let check = cx.check("TYP-ERR-6", "a write that has to be refused");
        for (ttl, kind) in &refused {
            check.fails(expiry::set_expiring(&store, key, b"new", *ttl).await, *kind)?;
            untouched(cx, &store, key, ends, &version).await?;
        }
        let Some((large, kind)) = &large else {
            continue;
        };
        check.fails(store.set(key, large).await, *kind)?;
        untouched(cx, &store, key, ends, &version).await?;
        check.fails(expiry::set_expiring(&store, key, large, hour).await, *kind)?;
        untouched(cx, &store, key, ends, &version).await?;
        check.fails(cas::swap(&store, key, large, &version).await, *kind)?;
        untouched(cx, &store, key, ends, &version).await?;
        check.refused(batch::set_many(&store, &[(key, large)]).await, *kind, &[0])?;
        untouched(cx, &store, key, ends, &version).await?;
    }
    Ok(())
}
