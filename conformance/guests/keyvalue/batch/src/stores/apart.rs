use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, is_exactly, keys_of, put, some_items, with_new_values};

case! {
    id: "kv.batch.stores-apart",
    title: "batches act on their own store alone",
    clauses: ["KV-HANDLE-3"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let (store, second) = (cx.store().await?, cx.second_store().await?);
    let third = cx.restricted_store().await?;
    let items = some_items(cx, "", FLOOR);
    let keys = keys_of(&items);
    let others = with_new_values(cx, &items);
    cx.ok(batch::set_many(&store, &items).await)?;
    for other in [&second, &third] {
        is_exactly(cx, "KV-HANDLE-3", other, &[]).await?;
    }
    put(cx, &third, &others).await?;
    cx.check("KV-HANDLE-3", "get-many of keys that other stores hold")
        .returns(batch::get_many(&second, &keys).await, vec![None; FLOOR])?;
    cx.ok(batch::set_many(&second, &others[..20]).await)?;
    is_exactly(cx, "KV-HANDLE-3", &store, &items).await?;
    cx.ok(batch::delete_many(&store, &keys[5..]).await)?;
    is_exactly(cx, "KV-HANDLE-3", &store, &items[..5]).await?;
    is_exactly(cx, "KV-HANDLE-3", &second, &others[..20]).await?;
    is_exactly(cx, "KV-HANDLE-3", &third, &others).await
}
