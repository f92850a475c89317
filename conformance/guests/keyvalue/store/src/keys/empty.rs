use conformance_kit::prelude::*;

use crate::listing::{NONE, clear, fill, some_keys};

case! {
    id: "kv.keys.empty",
    title: "the stream of a list without keys ends at once and with ok",
    clauses: ["KV-KEYS-2", "KV-KEYS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "a", 6);
    for round in 0..3 {
        let prefixes: &[&str] = match round {
            // Never a key, keys elsewhere, no key any more.
            1 => &["b", "a-", "\0", "A", "\u{10ffff}"],
            _ => &["", "a", "b"],
        };
        match round {
            1 => fill(cx, &store, &keys).await?,
            2 => clear(cx, &store, &keys).await?,
            _ => {}
        }
        for prefix in prefixes {
            let (streamed, end) = store.keys(prefix).collect().await;
            cx.check("KV-KEYS-2", "read a stream without keys")
                .ok(end)?;
            cx.check("KV-KEYS-1", "read a stream without keys")
                .keys(&streamed, NONE)?;
        }
    }
    Ok(())
}
