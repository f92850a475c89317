use conformance_kit::prelude::*;

case! {
    actors: 3,
    id: "kv.visible.functions",
    title: "other instances see writes and deletions by every function after the visibility bound",
    clauses: ["KV-VISIBLE-1"],
    timeout_s: 30,
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("created", b"value").await)?;
    cx.ok(store.set("replaced", b"old and longer").await)?;
    cx.ok(store.set("deleted", b"value").await)?;
    cx.ok(store.set("again", b"old").await)?;
    cx.ok(store.delete("again").await)?;
    cx.ok(store.set("again", b"new").await)?;
    cx.ok(store.set("replaced", b"new").await)?;
    cx.ok(store.set("empty", b"").await)?;
    cx.ok(store.delete("deleted").await)
}

async fn sees(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let check = |message| cx.check("KV-VISIBLE-1", message);
    check("get in another instance").value(store.get("created").await, b"value")?;
    check("get of a replaced value").value(store.get("replaced").await, b"new")?;
    check("get of zero bytes").value(store.get("empty").await, b"")?;
    check("get of a key created again").value(store.get("again").await, b"new")?;
    check("get of a deleted key").none(store.get("deleted").await)?;
    check("exists in another instance").returns(store.exists("created").await, true)?;
    check("exists of a deleted key").returns(store.exists("deleted").await, false)?;
    let keys = ["again", "created", "empty", "replaced"];
    check("list in another instance").keys(&cx.all_keys(&store, "", None).await?, &keys)?;
    let (streamed, end) = store.keys("").collect().await;
    cx.ok(end)?;
    check("keys in another instance").keys(&streamed, &keys)
}

async fn actor(cx: &Context, _index: u32) -> Observations {
    sees(cx).await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    sees(cx).await
}
