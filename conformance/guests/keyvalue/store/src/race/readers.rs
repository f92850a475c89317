use conformance_kit::prelude::*;

case! {
    actors: 4,
    id: "kv.race.readers",
    title: "many readers of keys that nobody writes all read the same",
    clauses: ["KV-GET-1", "KV-GET-2", "KV-EXISTS-1"],
}

fn value(at: usize) -> Vec<u8> {
    format!("value of {at}").repeat(at * at).into_bytes()
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for at in 0..16 {
        cx.ok(store.set(&format!("key-{at}"), &value(at)).await)?;
    }
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut order: Vec<usize> = (0..20).collect();
    order.rotate_left(5 * index as usize);
    let keys: Vec<String> = order.iter().map(|at| format!("key-{at}")).collect();
    for _ in 0..3 {
        let reads = together(keys.iter().map(|key| store.get(key)));
        let finds = together(keys.iter().map(|key| store.exists(key)));
        let (read, found) = both(reads, finds).await;
        for ((at, read), found) in order.iter().zip(read).zip(found) {
            let present = *at < 16;
            let clause = if present { "KV-GET-1" } else { "KV-GET-2" };
            cx.check(clause, "get among many readers")
                .returns(read, present.then(|| value(*at)))?;
            cx.check("KV-EXISTS-1", "exists among many readers")
                .returns(found, present)?;
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    cx.check("KV-GET-1", "get after all readers ended")
        .value(store.get("key-3").await, &value(3))
}
