use conformance_kit::prelude::*;

case! {
    actors: 4,
    id: "kv.race.same-new-keys",
    title: "keys that several instances create at a time are there once, with one whole value",
    clauses: ["KV-SET-1", "KV-SET-4"],
}

fn keys() -> Vec<String> {
    (0..20).map(|at| format!("key-{at}")).collect()
}

fn value(index: usize) -> Vec<u8> {
    vec![b'a' + index as u8; 700 + index]
}

async fn prepare(cx: &Context) -> Outcome {
    cx.store().await.map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut keys = keys();
    keys.rotate_left(index as usize);
    let value = value(index as usize);
    for written in together(keys.iter().map(|key| store.set(key, &value))).await {
        cx.check("KV-SET-1", "create a key that others create too")
            .ok(written)?;
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-SET-1", "list what several instances created")
        .keys(&listed, &keys())?;
    for key in keys() {
        let check = cx.check("KV-SET-4", "get of a key that several instances created");
        let read = check.some(store.get(&key).await)?;
        let whole = (0..seen.len()).any(|index| read == value(index));
        check.that(whole, "the value of one of them", &read)?;
    }
    Ok(())
}
