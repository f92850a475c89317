use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    actors: 3,
    id: "kv.expiry.instances",
    title: "other instances see an expiring key, its rest and its end",
    clauses: ["KV-VISIBLE-1", "KV-EXPIRY-2", "KV-EXPIRY-3", "KV-EXPIRY-6"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let day = cx.ttl_limits()?.ttl(86_400_000);
    cx.ok(expiry::set_expiring(&store, "day", b"value", day).await)?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    cx.ok(expiry::set_expiring(&store, "made-permanent", b"value", hour).await)?;
    cx.ok(store.set("made-permanent", b"value").await)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let check = cx.check("KV-VISIBLE-1", "remaining in another instance");
    let rest = check.some(expiry::remaining(&store, "day").await)?;
    let most = (limits.ttl(86_400_000) + limits.lateness).as_nanos() as u64;
    let fits = matches!(rest, expiry::Lifetime::Remaining(rest) if rest > 0 && rest <= most);
    check.that(fits, "what is left of a day", &rest)?;
    let check = cx.check(
        "KV-EXPIRY-6",
        "remaining of a key that another instance made permanent",
    );
    let rest = check.some(expiry::remaining(&store, "made-permanent").await)?;
    check.that(
        matches!(rest, expiry::Lifetime::Permanent),
        "permanent",
        &rest,
    )?;

    let key = format!("key-{index}");
    let span = cx.expiring(&store, &key, b"value", limits.ttl(50)).await?;
    cx.sleep_past(&span).await;
    cx.check("KV-EXPIRY-2", "exists after the time to live")
        .returns(store.exists(&key).await, false)?;
    Ok(vec![key])
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    for key in seen.iter().flatten() {
        cx.check(
            "KV-EXPIRY-3",
            "get of a key that ended for another instance",
        )
        .none(store.get(key).await)?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-EXPIRY-3", "list in another instance")
        .keys(&listed, &["day", "made-permanent"])
}
