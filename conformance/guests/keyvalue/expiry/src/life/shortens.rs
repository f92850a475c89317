use conformance_kit::prelude::*;

case! {
    id: "kv.expiry.shorten",
    title: "a shorter time to live takes the place of a longer one, or of none",
    clauses: ["KV-SETEXP-1", "KV-EXPIRY-1", "KV-EXPIRY-2", "KV-REMAINING-3"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    cx.expiring(&store, "day", b"value", limits.ttl(86_400_000))
        .await?;
    cx.ok(store.set("permanent", b"value").await)?;
    for key in ["day", "permanent", "deleted"] {
        cx.ok(store.set("deleted", b"value").await)?;
        cx.ok(store.delete("deleted").await)?;
        let span = cx.expiring(&store, key, b"value", limits.ttl(40)).await?;
        let present = cx.check_lifetime("KV-SETEXP-1", &store, key, &span).await?;
        let listed = cx.all_keys(&store, key, None).await?;
        if span.lives(cx.now().await) {
            cx.check("KV-SETEXP-1", "look for a key that was just set")
                .that(present && listed == [key], "present", &listed)?;
        }
        cx.watch_end(&span, async || cx.ok(store.exists(key).await))
            .await?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-SETEXP-1", "list after all keys have ended")
        .keys::<&str>(&listed, &[])
}
