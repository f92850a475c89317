use conformance_kit::prelude::*;

case! {
    /// Each key is first seen by one function, in turn; from then on all of them
    /// have to see it.
    actors: 3,
    id: "kv.session.monotonic-functions",
    title: "a key that one function showed to a session is shown by all others",
    clauses: ["KV-SESSION-2", "KV-SESSION-3"],
    timeout_s: 30,
}

const KEYS: usize = 24;

async fn prepare(cx: &Context) -> Outcome {
    cx.store().await.map(drop)
}

/// Whether a function shows the key.
async fn shows(cx: &Context, store: &Store, function: usize, key: &str) -> Result<bool, Stop> {
    match function {
        0 => Ok(cx.ok(store.get(key).await)?.is_some()),
        1 => cx.ok(store.exists(key).await),
        2 => Ok(!cx.all_keys(store, key, None).await?.is_empty()),
        _ => {
            let (keys, end) = store.keys(key).collect().await;
            cx.ok(end)?;
            Ok(!keys.is_empty())
        }
    }
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut late = 0;
    for at in 0..KEYS {
        let key = format!("key-{at:02}");
        if index == 0 {
            cx.ok(store.set(&key, b"value").await)?;
            cx.now().await;
            continue;
        }
        let limit = cx.visibility_bound() + cx.patience();
        let first = at % 4;
        if !cx
            .wait_until(limit, async || shows(cx, &store, first, &key).await)
            .await?
        {
            late += 1;
            break;
        }
        for turn in 1..5 {
            let shown = shows(cx, &store, (first + turn) % 4, &key).await?;
            let clause = if turn == 4 {
                "KV-SESSION-2"
            } else {
                "KV-SESSION-3"
            };
            let message = format!("look for {key} by another function than the first");
            cx.check(clause, &message).equal(shown, true)?;
        }
    }
    Ok(vec![format!("{late} keys came late")])
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.note(seen.concat().join("; "));
    cx.check("KV-SESSION-3", "count the keys at the end")
        .equal(listed.len(), KEYS)
}
