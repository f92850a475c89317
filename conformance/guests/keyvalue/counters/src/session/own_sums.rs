use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.session",
    title: "every read after an increment sees it, through whichever function and handle",
    clauses: ["KV-SESSION-1", "KV-SESSION-3"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let stores = [cx.store().await?, cx.store().await?];
    for round in 0..30 {
        let store = &stores[round % 2];
        let other = &stores[(round + 1) % 2];
        let key = format!("counter-{}", round % 4);
        let sum = cx.ok(increment(store, &key, 3).await)?.to_string();
        cx.check("KV-SESSION-1", "get right after an increment")
            .value(other.get(&key).await, sum.as_bytes())?;
        cx.check("KV-SESSION-3", "exists right after an increment")
            .returns(other.exists(&key).await, true)?;
        let listed = cx.all_keys(other, &key, None).await?;
        cx.check("KV-SESSION-3", "list right after an increment")
            .keys(&listed, &[&key])?;
        let (streamed, end) = other.keys(&key).collect().await;
        cx.ok(end)?;
        cx.check("KV-SESSION-3", "keys right after an increment")
            .keys(&streamed, &[&key])?;
        if round % 7 == 6 {
            cx.ok(store.delete(&key).await)?;
            cx.check("KV-SESSION-1", "increment right after a delete")
                .returns(increment(other, &key, 1).await, 1)?;
        }
    }
    Ok(())
}
