use conformance_kit::prelude::*;
use keyvalue::batch;

case! {
    id: "kv.batch.get.empty-value",
    title: "get-many tells a value of zero bytes from an absent key",
    clauses: ["KV-GETMANY-2", "KV-VALUE-3"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("empty", b"").await)?;
    cx.ok(store.set("full", b"full").await)?;
    cx.ok(store.set("emptied", b"value").await)?;
    cx.ok(store.set("emptied", b"").await)?;
    cx.ok(store.set("deleted", b"").await)?;
    cx.ok(store.delete("deleted").await)?;
    let (empty, full) = (Some(Vec::new()), Some(b"full".to_vec()));
    cx.check("KV-VALUE-3", "get-many of one key with an empty value")
        .returns(
            batch::get_many(&store, &["empty"]).await,
            vec![empty.clone()],
        )?;
    let keys = ["absent", "empty", "full", "deleted", "emptied", "absent-2"];
    cx.check("KV-GETMANY-2", "get-many of empty and of absent keys")
        .returns(
            batch::get_many(&store, &keys).await,
            vec![None, empty.clone(), full, None, empty, None],
        )
}
