use conformance_kit::prelude::*;

case! {
    actors: 5,
    id: "kv.race.never-absent",
    title: "a key that is overwritten again and again is present all the time",
    clauses: ["KV-GET-1", "KV-EXISTS-1", "KV-SET-2"],
    timeout_s: 30,
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("key", b"0").await)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    cx.rounds(index, 24, async |round| {
        if index < 2 {
            let length = [0, 10_000, 1, 3_000][round % 4];
            cx.ok(store.set("key", &vec![b'x'; length]).await)?;
        } else {
            cx.check("KV-GET-1", "get of a key that others overwrite")
                .some(store.get("key").await)?;
            cx.check("KV-EXISTS-1", "exists of a key that others overwrite")
                .returns(store.exists("key").await, true)?;
            if round % 8 == 0 {
                let listed = cx.all_keys(&store, "", None).await?;
                cx.check("KV-SET-2", "list of a key that others overwrite")
                    .keys(&listed, &["key"])?;
            }
        }
        Ok(())
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    cx.check("KV-GET-1", "get after all writers ended")
        .some(store.get("key").await)
        .map(drop)
}
