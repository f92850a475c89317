use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.out-of-range",
    title: "a time to live below the shortest or above the longest is refused and changes nothing",
    clauses: ["KV-SETEXP-3", "TYP-ERR-6"],
    requires: ["kv.expiry"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    cx.ok(store.set("permanent", b"old").await)?;
    cx.ok(expiry::set_expiring(&store, "expiring", b"old", limits.ttl(3_600_000)).await)?;

    let (least, most) = (
        limits.shortest.as_nanos() as u64,
        limits.longest.as_nanos() as u64,
    );
    let mut refused: Vec<u64> = [
        1,
        least / 2,
        least.saturating_sub(1_000),
        least.saturating_sub(1),
    ]
    .into_iter()
    .filter(|ttl| (1..least).contains(ttl))
    .collect();
    if most < u64::MAX {
        refused.extend([most + 1, most.saturating_mul(2), u64::MAX - 1, u64::MAX]);
        // What becomes negative or small where fewer bits are kept.
        refused.extend(
            [1 << 63, (1 << 63) + least, u64::MAX - 999_999]
                .into_iter()
                .filter(|ttl| *ttl > most),
        );
    }
    for ttl in refused {
        for key in ["absent", "permanent", "expiring"] {
            let set = expiry::set_expiring(&store, key, b"new", Duration::from_nanos(ttl)).await;
            cx.check("KV-SETEXP-3", &format!("set-expiring with {ttl} ns"))
                .fails(set, Kind::OutOfRange)?;
        }
    }
    let check = cx.check("TYP-ERR-6", "look at the keys after refused calls");
    check.none(store.get("absent").await)?;
    check.value(store.get("permanent").await, b"old")?;
    check.value(store.get("expiring").await, b"old")?;
    check.keys(
        &cx.all_keys(&store, "", None).await?,
        &["permanent", "expiring"],
    )?;
    let rest = check.some(expiry::remaining(&store, "permanent").await)?;
    check.that(
        matches!(rest, expiry::Lifetime::Permanent),
        "permanent",
        &rest,
    )?;
    let rest = check.some(expiry::remaining(&store, "expiring").await)?;
    check.that(
        matches!(rest, expiry::Lifetime::Remaining(_)),
        "its lifetime",
        &rest,
    )
}
