use conformance_kit::prelude::*;

use crate::listing::{clear, fill, some_keys};

case! {
    id: "kv.keys.dropped-midway",
    title: "a stream that is dropped after any number of keys harms no later call",
    clauses: ["KV-KEYS-5", "KV-KEYS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = some_keys(cx, "a", 9);
    fill(cx, &store, &keys).await?;
    for taken in [1, 2, 5, 8, 9] {
        let mut stream = store.keys("");
        for _ in 0..taken {
            let key = stream.next().await;
            let known = key.as_ref().is_some_and(|key| keys.contains(key));
            cx.check("KV-KEYS-1", "read some keys of a stream").that(
                known,
                "a key of the store",
                &key,
            )?;
        }
        drop(stream);
        let check = cx.check("KV-KEYS-5", "go on after a stream that was dropped midway");
        // The next stream begins at the beginning.
        let (streamed, end) = store.keys("a").collect().await;
        check.ok(end)?;
        check.keys(&streamed, &keys)?;
        check.keys(&cx.all_keys(&store, "", Some(4)).await?, &keys)?;
        let gone = keys.remove(0);
        check.ok(store.delete(&gone).await)?;
        check.none(store.get(&gone).await)?;
        keys.push(format!("a{taken}"));
        check.ok(store.set(&keys[8], b"new").await)?;
        check.value(store.get(&keys[8]).await, b"new")?;
    }
    clear(cx, &store, &keys).await
}
