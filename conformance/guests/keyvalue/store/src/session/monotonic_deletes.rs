use conformance_kit::prelude::*;

case! {
    actors: 3,
    id: "kv.session.monotonic-deletes",
    title: "a key whose deletion a session saw does not come back to it",
    clauses: ["KV-SESSION-2", "KV-SESSION-3"],
    timeout_s: 30,
}

const KEYS: usize = 24;

fn key(at: usize) -> String {
    format!("key-{at:02}")
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..KEYS).map(key).collect();
    for written in together(keys.iter().map(|key| store.set(key, b"value"))).await {
        cx.ok(written)?;
    }
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    for at in 0..KEYS {
        let key = key(at);
        if index == 0 {
            cx.ok(store.delete(&key).await)?;
            cx.now().await;
            continue;
        }
        let limit = cx.visibility_bound() + cx.patience();
        let absent = async || match at % 2 {
            0 => Ok(cx.ok(store.get(&key).await)?.is_none()),
            _ => Ok(!cx.ok(store.exists(&key).await)?),
        };
        if !cx.wait_until(limit, absent).await? {
            break;
        }
        cx.check("KV-SESSION-2", "get of a key that was seen absent")
            .none(store.get(&key).await)?;
        cx.check("KV-SESSION-3", "exists of a key that was seen absent")
            .returns(store.exists(&key).await, false)?;
        let listed = cx.all_keys(&store, &key, None).await?;
        cx.check("KV-SESSION-3", "list of a key that was seen absent")
            .keys::<&str>(&listed, &[])?;
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-SESSION-3", "list after all keys were deleted")
        .keys::<&str>(&listed, &[])
}
