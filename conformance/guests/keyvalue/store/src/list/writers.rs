use conformance_kit::prelude::*;

use crate::listing::{among, fill, read, some_size};

case! {
    actors: 6,
    id: "kv.list.writers",
    title: "lists hold every key that stays, once, while other instances write and delete",
    clauses: ["TYP-PAGE-7", "KV-LIST-1", "KV-VISIBLE-1"],
}

const KEYS: usize = 36;

/// Those that stay, between those that come and go.
fn names(kind: &str) -> Vec<String> {
    (0..KEYS)
        .map(|number| format!("key-{number}-{kind}"))
        .collect()
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    fill(cx, &store, &names("stays")).await?;
    fill(cx, &store, &names("goes")).await
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let (stay, go) = (names("stays"), names("goes"));
    if index < 3 {
        cx.rounds(index, 3, async |round| {
            let most = [3, 10, 100][round % 3];
            let check = cx.check("TYP-PAGE-7", "read a list while others write");
            let pages = read(check, &store, "key-", 2_000, || some_size(cx, most)).await?;
            let listed = pages.concat();
            check.keys(&among(&listed, &stay), &stay)?;
            let foreign = listed
                .iter()
                .find(|key| !stay.contains(key) && !go.contains(key));
            cx.check("KV-LIST-1", "read a list while others write")
                .equal(foreign.cloned(), None)
        })
        .await?;
        return Ok(Vec::new());
    }
    cx.rounds(index, 50, async |round| {
        let key = &go[cx.random_below(KEYS as u64) as usize];
        if round % 2 == 0 {
            cx.ok(store.delete(key).await)
        } else {
            cx.ok(store.set(key, b"again").await)
        }
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let mut present = names("stays");
    let go = names("goes");
    for (key, found) in go
        .iter()
        .zip(together(go.iter().map(|key| store.exists(key))).await)
    {
        if cx.ok(found)? {
            present.push(key.clone());
        }
    }
    for size in [None, Some(5)] {
        let check = cx.check("KV-VISIBLE-1", "read a list after others wrote");
        let pages = read(check, &store, "", present.len(), || size).await?;
        check.keys(&pages.concat(), &present)?;
    }
    Ok(())
}
