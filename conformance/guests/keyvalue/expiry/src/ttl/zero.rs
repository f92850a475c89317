use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.zero",
    title: "a time to live of zero is invalid and changes nothing",
    clauses: ["KV-SETEXP-2", "TYP-ERR-6"],
    requires: ["kv.expiry"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("permanent", b"old").await)?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    cx.ok(expiry::set_expiring(&store, "expiring", b"old", hour).await)?;
    for key in ["absent", "permanent", "expiring"] {
        for value in [&b"new"[..], b""] {
            cx.check("KV-SETEXP-2", "set-expiring with a time to live of zero")
                .fails(
                    expiry::set_expiring(&store, key, value, Duration::ZERO).await,
                    Kind::InvalidArgument,
                )?;
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
