use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, some_keys, some_size, starting};

case! {
    id: "kv.list.cursor-kept",
    title: "a list goes on at its place after other lists, streams, reads and writes",
    clauses: ["KV-LIST-1", "TYP-PAGE-7"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = [some_keys(cx, "a", 10), some_keys(cx, "b", 10)].concat();
    fill(cx, &store, &keys).await?;
    for prefix in ["a", ""] {
        let expected = starting(&keys, prefix);
        let mut walk = Walk::new(prefix);
        let check = cx.check("KV-LIST-1", "read on after other calls");
        while !walk.ended {
            walk.step(check, &store, some_size(cx, 5)).await?;
            check.that(walk.pages.len() < 22, "an end of the list", &walk.keys())?;
            cx.all_keys(&store, prefix, Some(3)).await?;
            cx.all_keys(&store, "b", None).await?;
            let (_, end) = store.keys(prefix).collect().await;
            cx.ok(end)?;
            cx.ok(store.get(&keys[0]).await)?;
            cx.ok(store.set(&keys[1], b"again").await)?;
        }
        cx.check("TYP-PAGE-7", "read a list between other calls")
            .keys(&walk.keys(), &expected)?;
    }
    Ok(())
}
