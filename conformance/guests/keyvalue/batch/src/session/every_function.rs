use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, keys_of, some_items, with_new_values};

case! {
    /// The first read after the batch counts: by now another one may have brought
    /// a cache up to date. So each function has a batch of its own.
    id: "kv.batch.session.every-function",
    title: "every function that reads shows a batch of the session at once",
    clauses: ["KV-SESSION-1", "KV-SESSION-3"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut items = some_items(cx, "key-", FLOOR);
    for function in 0..10 {
        items = with_new_values(cx, &items);
        let keys = keys_of(&items);
        let (first, last) = (&items[0], &items[FLOOR - 1]);
        let check = cx.check("KV-SESSION-3", "read right after set-many");
        cx.ok(batch::set_many(&store, &items).await)?;
        match function % 5 {
            0 => {
                check.value(store.get(&last.0).await, &last.1)?;
                check.value(store.get(&first.0).await, &first.1)?;
            }
            1 => check.returns(store.exists(&last.0).await, true)?,
            2 => check.keys(&cx.all_keys(&store, "key-", Some(9)).await?, &keys)?,
            3 => {
                let (streamed, end) = store.keys("").collect().await;
                check.ok(end)?;
                check.keys(&streamed, &keys)?;
            }
            _ => {
                let values = items.iter().map(|(_, value)| Some(value.clone())).collect();
                check.returns(batch::get_many(&store, &keys).await, values)?;
            }
        }
        let check = cx.check("KV-SESSION-1", "read right after delete-many");
        cx.ok(batch::delete_many(&store, &keys).await)?;
        match (function + 1) % 5 {
            0 => {
                check.none(store.get(&last.0).await)?;
                check.none(store.get(&first.0).await)?;
            }
            1 => check.returns(store.exists(&first.0).await, false)?,
            2 => check.keys(&cx.all_keys(&store, "", None).await?, &[] as &[&str])?,
            3 => {
                let (streamed, end) = store.keys("key-").collect().await;
                check.ok(end)?;
                check.keys(&streamed, &[] as &[&str])?;
            }
            _ => check.returns(batch::get_many(&store, &keys).await, vec![None; FLOOR])?,
        }
    }
    Ok(())
}
