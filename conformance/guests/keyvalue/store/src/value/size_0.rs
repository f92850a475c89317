use conformance_kit::prelude::*;

use crate::support::keeps;

case! {
    id: "kv.value.size-0",
    title: "a value of zero bytes is a value",
    clauses: ["KV-VALUE-1", "KV-VALUE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.check("KV-VALUE-3", "exists of a key that was never written")
        .returns(store.exists("key").await, false)?;
    for round in 0..2 {
        keeps(cx, &store, "key", b"").await?;
        let check = |message| cx.check("KV-VALUE-3", message);
        check("exists of a key with zero bytes").returns(store.exists("key").await, true)?;
        check("list a key with zero bytes")
            .keys(&cx.all_keys(&store, "", None).await?, &["key"])?;
        let (streamed, end) = store.keys("").collect().await;
        cx.ok(end)?;
        check("stream a key with zero bytes").keys(&streamed, &["key"])?;
        if round == 0 {
            // The second time it replaces a value.
            keeps(cx, &store, "key", b"value").await?;
        }
    }
    Ok(())
}
