use conformance_kit::prelude::*;

use crate::listing::{clear, fill, read, shuffle, some_keys, some_size};

case! {
    /// Two ways to read the same keys, which may go through different code.
    id: "kv.keys.like-list",
    title: "streams and lists agree after every change",
    clauses: ["KV-KEYS-1", "KV-SESSION-3"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = [some_keys(cx, "a", 20), some_keys(cx, "b", 20)].concat();
    for _ in 0..8 {
        shuffle(cx, &mut keys);
        let present = cx.random_below(40) as usize;
        let (written, deleted) = keys.split_at(present);
        fill(cx, &store, written).await?;
        clear(cx, &store, deleted).await?;
        for prefix in ["", "a", "b"] {
            let (streamed, end) = store.keys(prefix).collect().await;
            let check = cx.check("KV-KEYS-1", "read a stream after changes");
            check.ok(end)?;
            let pages = read(check, &store, prefix, keys.len(), || some_size(cx, 9)).await?;
            check.keys(&streamed, &pages.concat())?;
            let mut expected = written.to_vec();
            expected.retain(|key| key.starts_with(prefix));
            cx.check("KV-SESSION-3", "read a stream after changes")
                .keys(&streamed, &expected)?;
        }
    }
    Ok(())
}
