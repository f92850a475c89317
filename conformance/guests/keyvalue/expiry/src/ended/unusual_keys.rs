use conformance_kit::prelude::*;

case! {
    id: "kv.expiry.any-key",
    title: "keys with unusual characters, of the greatest length and with any value end in time",
    clauses: ["KV-KEY-1", "KV-VALUE-1", "KV-EXPIRY-1", "KV-EXPIRY-2"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let longest = cx.small_limit("kv.key.max-bytes")?.unwrap_or(512);
    let mut keys: Vec<String> = [
        "\0",
        "/",
        "..",
        "*",
        "a\0b",
        "\n",
        "\u{1f980}",
        "\\",
        "%",
        " ",
        "[k]",
        "1",
    ]
    .map(str::to_owned)
    .to_vec();
    keys.push(cx.random_text(longest));
    let mut spans = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        let value = cx.random_bytes([0, 1, 256, 24_576][place % 4]);
        let span = cx.expiring(&store, key, &value, limits.ttl(100)).await?;
        let got = store.get(key).await;
        if span.lives(cx.now().await) {
            cx.check("KV-VALUE-1", "get of an unusual key that ends")
                .value(got, &value)?;
        }
        spans.push(span);
    }
    let listed = cx.all_keys(&store, "", None).await?;
    if spans[0].lives(cx.now().await) {
        cx.check("KV-KEY-1", "list unusual keys that end")
            .keys(&listed, &keys)?;
    }
    for (key, span) in keys.iter().zip(&spans) {
        cx.watch_end(span, async || cx.ok(store.exists(key).await))
            .await?;
    }
    Ok(())
}
