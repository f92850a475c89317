use conformance_kit::prelude::*;
use keyvalue::batch;

case! {
    id: "kv.expiry.not-sliding-batch",
    title: "get-many does not lengthen the life of a key",
    clauses: ["KV-EXPIRY-1", "KV-EXPIRY-2"],
    requires: ["kv.batch", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let ttl = cx.ttl_limits()?.ttl(50);
    let span = cx.expiring(&store, "key", b"value", ttl).await?;
    cx.watch_end(&span, async || {
        let values = cx.ok(batch::get_many(&store, &["none", "key"]).await)?;
        Ok(values.into_iter().nth(1).flatten().is_some())
    })
    .await
}
