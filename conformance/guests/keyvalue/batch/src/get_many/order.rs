use conformance_kit::prelude::*;
use keyvalue::batch;

case! {
    id: "kv.batch.get.order",
    title: "get-many returns one result for each key, in order, none for an absent one",
    clauses: ["KV-GETMANY-1", "KV-GETMANY-2", "KV-GETMANY-3"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("a", b"1").await)?;
    cx.ok(store.set("b", b"2").await)?;
    let (one, two) = (Some(b"1".to_vec()), Some(b"2".to_vec()));

    cx.check("KV-GETMANY-1", "get-many of two keys").returns(
        batch::get_many(&store, &["b", "a"]).await,
        vec![two.clone(), one.clone()],
    )?;
    cx.check("KV-GETMANY-2", "get-many with an absent key")
        .returns(
            batch::get_many(&store, &["a", "absent", "b"]).await,
            vec![one, None, two.clone()],
        )?;
    cx.check(
        "KV-GETMANY-3",
        "get-many with a key that stands there twice",
    )
    .returns(
        batch::get_many(&store, &["b", "b"]).await,
        vec![two.clone(), two],
    )
}
