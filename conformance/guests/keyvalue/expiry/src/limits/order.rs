use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.order-of-checks",
    title: "of a wrong key, value and time to live the first decides",
    clauses: ["TYP-ERR-8"],
    requires: ["kv.expiry"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let zero = Duration::ZERO;
    let beyond = limits.longest + Duration::from_nanos(1);
    let first = cx.check("TYP-ERR-8", "set-expiring with several wrong arguments");
    first.fails(
        expiry::set_expiring(&store, "", b"value", beyond).await,
        Kind::InvalidArgument,
    )?;
    let key = cx
        .small_limit("kv.key.max-bytes")?
        .map(|limit| (limit as u64, "k".repeat(limit + 1)));
    if let Some((limit, long)) = &key {
        for ttl in [zero, beyond] {
            let set = expiry::set_expiring(&store, long, b"value", ttl).await;
            first.fails(set, Kind::TooLarge(*limit))?;
        }
    }
    let Some(limit) = cx.small_limit("kv.value.max-bytes")? else {
        return Ok(());
    };
    let large = vec![0; limit + 1];
    for ttl in [zero, beyond] {
        let set = expiry::set_expiring(&store, "key", &large, ttl).await;
        first.fails(set, Kind::TooLarge(limit as u64))?;
    }
    if let Some((limit, long)) = &key {
        let set = expiry::set_expiring(&store, long, &large, zero).await;
        first.fails(set, Kind::TooLarge(*limit))?;
    }
    Ok(())
}
