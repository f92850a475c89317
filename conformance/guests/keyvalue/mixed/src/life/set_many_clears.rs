use conformance_kit::prelude::*;
use keyvalue::batch;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.expiry.set-many-clears",
    title: "set-many makes expiring keys permanent, a refused one leaves their lifetimes",
    clauses: ["KV-EXPIRY-4", "KV-EXPIRY-6", "KV-BATCH-5", "KV-REMAINING-3"],
    requires: ["kv.batch", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let long = cx
        .expiring(&store, "long", b"value", limits.ttl(3_600_000))
        .await?;
    let refused = batch::set_many(&store, &[("long", b"lost"), ("long", b"lost")]).await;
    cx.check("KV-BATCH-5", "set-many with a key twice")
        .refused(refused, Kind::InvalidArgument, &[1])?;
    let present = cx.check_remaining(&store, "long", &long).await?;
    cx.check("KV-BATCH-5", "look for the key of a refused batch")
        .that(present, "present", &present)?;

    let keys: Vec<String> = (0..20).map(|n| format!("key-{n}")).collect();
    let mut spans = Vec::new();
    for key in keys.iter().step_by(2) {
        spans.push(cx.expiring(&store, key, b"old", limits.ttl(60)).await?);
    }
    let entries: Vec<(&String, &[u8])> = keys.iter().map(|key| (key, &b"new"[..])).collect();
    cx.ok(batch::set_many(&store, &entries).await)?;
    cx.ok(batch::set_many(&store, &[("long", b"new")]).await)?;
    let rest = cx.ok(expiry::remaining(&store, "long").await)?;
    cx.check(
        "KV-EXPIRY-4",
        "remaining before the time that set-many took away",
    )
    .that(
        matches!(rest, Some(Lifetime::Permanent)),
        "permanent",
        &rest,
    )?;
    for span in &spans {
        cx.sleep_past(span).await;
    }
    let values = batch::get_many(&store, &keys).await;
    cx.check(
        "KV-EXPIRY-6",
        "get-many after the time that set-many took away",
    )
    .returns(values, vec![Some(b"new".to_vec()); keys.len()])?;
    for rest in together(keys.iter().map(|key| expiry::remaining(&store, key))).await {
        let rest = cx.ok(rest)?;
        cx.check("KV-EXPIRY-4", "remaining after set-many").that(
            matches!(rest, Some(Lifetime::Permanent)),
            "permanent",
            &rest,
        )?;
    }
    Ok(())
}
