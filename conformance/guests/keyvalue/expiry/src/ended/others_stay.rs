use conformance_kit::prelude::*;

case! {
    id: "kv.expiry.others-stay",
    title: "the end of a key touches no alike key and no other store",
    clauses: ["KV-KEY-2", "KV-HANDLE-3", "KV-EXPIRY-1", "KV-EXPIRY-2"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

const KEYS: [&str; 20] = [
    "key0",
    "Key",
    "key ",
    " key",
    "key\0",
    "key/",
    "key/a",
    "ke",
    "key*",
    "key:ttl",
    "k+y",
    "k y",
    "k//y",
    "k/y",
    "\u{2764}",
    "\u{2764}\u{fe0f}",
    "\u{1f468}\u{1f469}",
    "\u{1f468}\u{200d}\u{1f469}",
    "k\u{e9}y",
    "ke\u{301}y",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let other = cx.second_store().await?;
    let limits = cx.ttl_limits()?;
    for (place, key) in KEYS.iter().enumerate() {
        if place % 2 == 0 {
            cx.ok(store.set(key, key.as_bytes()).await)?;
        } else {
            cx.expiring(&store, key, key.as_bytes(), limits.ttl(86_400_000))
                .await?;
        }
    }
    cx.ok(other.set("key", b"other").await)?;
    cx.ok(store.set("key", b"once permanent").await)?;
    let span = cx.expiring(&store, "key", b"value", limits.ttl(40)).await?;
    cx.watch_end(&span, async || cx.ok(store.exists("key").await))
        .await?;
    for key in KEYS {
        cx.check("KV-KEY-2", "get of a key that is alike to one that ended")
            .value(store.get(key).await, key.as_bytes())?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-KEY-2", "list after a key has ended")
        .keys(&listed, &KEYS)?;
    cx.check("KV-HANDLE-3", "get of the same key in another store")
        .value(other.get("key").await, b"other")
}
