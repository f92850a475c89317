use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, some_keys};

case! {
    /// A provider that keeps the places of lists may drop them too early.
    id: "kv.list.cursor-idle",
    title: "a cursor is good while it is not more than an hour old, here most of a second",
    clauses: ["KV-LIST-1", "TYP-PAGE-11"],
    lane: Lane::Slow,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "key", 10);
    fill(cx, &store, &keys).await?;
    let mut walk = Walk::new("key");
    let check = cx.check("KV-LIST-1", "read on after a pause");
    walk.step(check, &store, Some(3)).await?;
    let mut stream = store.keys("key");
    let mut streamed: Vec<String> = stream.next().await.into_iter().collect();
    // Time itself is the condition: nothing can be asked whether it has passed.
    cx.sleep(Duration::from_millis(700)).await;
    let check = cx.check("TYP-PAGE-11", "read on after a pause");
    walk.step(check, &store, Some(3)).await?;
    let check = cx.check("KV-LIST-1", "read on after a pause");
    walk.finish(check, &store, keys.len(), || Some(3)).await?;
    check.keys(&walk.keys(), &keys)?;
    let (rest, end) = stream.collect().await;
    check.ok(end)?;
    streamed.extend(rest);
    check.keys(&streamed, &keys)
}
