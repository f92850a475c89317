use conformance_kit::prelude::*;

case! {
    id: "kv.get.missing",
    title: "get of a key that was never written returns none",
    clauses: ["KV-GET-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.check("KV-GET-2", "get of a new key")
        .none(store.get("never").await)
}
