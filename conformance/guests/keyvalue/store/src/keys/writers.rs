use conformance_kit::prelude::*;

use crate::listing::{among, fill};

case! {
    actors: 5,
    id: "kv.keys.writers",
    title: "streams deliver every key that stays, once, while other instances write and delete",
    clauses: ["KV-KEYS-1", "KV-KEYS-2", "KV-VISIBLE-1"],
}

const KEYS: u64 = 30;

/// Those that stay, between those that come and go.
fn names(kind: &str) -> Vec<String> {
    (0..KEYS).map(|number| format!("{number}-{kind}")).collect()
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    fill(cx, &store, &names("stays")).await?;
    fill(cx, &store, &names("goes")).await
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let (stay, go) = (names("stays"), names("goes"));
    // Three read, the others write; a stream takes as long as several writes.
    let share = if index < 3 { 5 } else { 40 };
    cx.rounds(index, share, async |round| {
        let key = &go[cx.random_below(KEYS) as usize];
        match (index < 3, round % 2 == 0) {
            (true, _) => {
                let (streamed, end) = store.keys("").collect().await;
                cx.check("KV-KEYS-2", "read a stream while others write")
                    .ok(end)?;
                cx.check("KV-KEYS-1", "read a stream while others write")
                    .keys(&among(&streamed, &stay), &stay)
            }
            (false, true) => cx.ok(store.delete(key).await),
            (false, false) => cx.ok(store.set(key, b"again").await),
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
    let (streamed, end) = store.keys("").collect().await;
    let check = cx.check("KV-VISIBLE-1", "read a stream after others wrote");
    check.ok(end)?;
    check.keys(&streamed, &present)
}
