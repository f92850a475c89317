use conformance_kit::prelude::*;

use crate::listing::{among, clear, fill, shuffle, some_keys};

case! {
    id: "kv.keys.changes",
    title: "keys that stay are streamed exactly once while others come, go and are overwritten",
    clauses: ["KV-KEYS-1", "KV-KEYS-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "", 30);
    let mut others = some_keys(cx, "", 30);
    fill(cx, &store, &keys).await?;
    fill(cx, &store, &others[..10]).await?;
    for _ in 0..3 {
        let mut stream = store.keys("");
        let mut streamed = Vec::new();
        while let Some(key) = stream.next().await {
            streamed.push(key);
            let check = cx.check("KV-KEYS-2", "read a stream while keys come and go");
            check.that(streamed.len() < 900, "an end of the stream", &streamed)?;
            if streamed.len() % 4 == 1 {
                shuffle(cx, &mut others);
                clear(cx, &store, &others[..4]).await?;
                fill(cx, &store, &others[3..6]).await?;
                fill(cx, &store, &keys[..2]).await?;
            }
        }
        cx.check("KV-KEYS-2", "read a stream while keys come and go")
            .ok(stream.end().await)?;
        cx.check("KV-KEYS-1", "read a stream while keys come and go")
            .keys(&among(&streamed, &keys), &keys)?;
        let known = [keys.clone(), others.clone()].concat();
        let foreign = streamed.iter().find(|key| !known.contains(key));
        cx.check("KV-KEYS-1", "read a stream while keys come and go")
            .equal(foreign.cloned(), None)?;
    }
    Ok(())
}
