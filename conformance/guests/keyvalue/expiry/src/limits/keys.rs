use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.key.limits",
    title: "both functions accept the longest key and refuse the empty one and one beyond the limit",
    clauses: ["KV-KEY-1", "KV-KEY-4", "KV-KEY-5", "TYP-ERR-6"],
    requires: ["kv.expiry"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let ttl = cx.ttl_limits()?.ttl(3_600_000);
    let check = cx.check("KV-KEY-4", "call with the empty key");
    check.fails(
        expiry::set_expiring(&store, "", b"value", ttl).await,
        Kind::InvalidArgument,
    )?;
    check.fails(expiry::remaining(&store, "").await, Kind::InvalidArgument)?;
    let Some(limit) = cx.small_limit("kv.key.max-bytes")? else {
        return Ok(());
    };
    let longest = cx.random_text(limit);
    let check = cx.check("KV-KEY-1", "call with a key of the greatest length");
    check.ok(expiry::set_expiring(&store, &longest, b"value", ttl).await)?;
    check.some(expiry::remaining(&store, &longest).await)?;
    let bytes = "\u{e9}".repeat(limit / 2 + 1);
    for key in [&[&longest, "x"].concat(), &bytes] {
        let check = cx.check("KV-KEY-5", "call with a key beyond the limit");
        let too_large = Kind::TooLarge(limit as u64);
        check.fails(
            expiry::set_expiring(&store, key, b"new", ttl).await,
            too_large,
        )?;
        check.fails(expiry::remaining(&store, key).await, too_large)?;
    }
    cx.check("TYP-ERR-6", "get after refused calls")
        .value(store.get(&longest).await, b"value")?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("TYP-ERR-6", "list after refused calls")
        .keys(&listed, &[longest])
}
