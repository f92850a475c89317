use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, is_exactly, keys_of, some_items, with_new_values};

case! {
    id: "kv.batch.session.handles",
    title: "a batch through one handle shows through all others, also when its handle is dropped",
    clauses: ["KV-HANDLE-1", "KV-HANDLE-2"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut items = some_items(cx, "", FLOOR);
    for round in 0..6 {
        items = with_new_values(cx, &items);
        let keys = keys_of(&items);
        let writer = cx.store().await?;
        cx.ok(batch::set_many(&writer, &items).await)?;
        if round % 2 == 0 {
            drop(writer);
        }
        let values = items.iter().map(|(_, value)| Some(value.clone())).collect();
        cx.check("KV-HANDLE-1", "get-many through another handle")
            .returns(batch::get_many(&store, &keys).await, values)?;
        is_exactly(cx, "KV-HANDLE-2", &store, &items).await?;
        let deleter = cx.store().await?;
        cx.ok(batch::delete_many(&deleter, &keys[..10]).await)?;
        drop(deleter);
        is_exactly(cx, "KV-HANDLE-2", &store, &items[10..]).await?;
    }
    Ok(())
}
