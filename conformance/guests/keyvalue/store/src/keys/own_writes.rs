use conformance_kit::prelude::*;

use crate::listing::some_keys;

case! {
    id: "kv.keys.own-writes",
    title: "a stream that starts after a write or a deletion of the session shows it",
    clauses: ["KV-SESSION-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let other = cx.store().await?;
    let keys = some_keys(cx, "key-", 6);
    let mut present: Vec<&str> = Vec::new();
    for round in 0..40 {
        let key = keys[cx.random_below(6) as usize].as_str();
        let (writer, reader) = if round % 3 == 0 {
            (&store, &other)
        } else {
            (&store, &store)
        };
        if present.contains(&key) && round % 4 != 0 {
            cx.ok(writer.delete(key).await)?;
            present.retain(|other| *other != key);
        } else {
            cx.ok(writer.set(key, b"value").await)?;
            present.retain(|other| *other != key);
            present.push(key);
        }
        let prefix = if round % 2 == 0 { "" } else { "key-" };
        let (streamed, end) = reader.keys(prefix).collect().await;
        cx.check("KV-SESSION-3", "read a stream after a write")
            .ok(end)?;
        cx.check("KV-SESSION-3", "read a stream after a write")
            .keys(&streamed, &present)?;
    }
    Ok(())
}
