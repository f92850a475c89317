use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{keys_of, some_items, with_new_values};

case! {
    id: "kv.batch.session.alternating",
    title: "get-many returns the latest of many writes, whichever function made it",
    clauses: ["KV-SESSION-1", "KV-SESSION-2"],
    requires: ["kv.batch"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let other = cx.store().await?;
    let mut items = some_items(cx, "", 6);
    let keys: Vec<String> = items.iter().map(|(key, _)| key.clone()).collect();
    for round in 0..50 {
        let (writer, reader) = if round % 3 == 0 {
            (&store, &other)
        } else {
            (&store, &store)
        };
        items = with_new_values(cx, &items);
        let mut expected: Vec<Option<Vec<u8>>>;
        expected = items.iter().map(|(_, value)| Some(value.clone())).collect();
        match cx.random_below(4) {
            0 => cx.ok(batch::set_many(writer, &items).await)?,
            1 => {
                cx.ok(batch::delete_many(writer, &keys_of(&items)).await)?;
                expected = vec![None; items.len()];
            }
            2 => {
                for (key, value) in &items {
                    cx.ok(writer.set(key, value).await)?;
                }
            }
            _ => {
                cx.ok(batch::set_many(writer, &items).await)?;
                cx.ok(writer.delete(&items[5].0).await)?;
                expected[5] = None;
            }
        }
        cx.check("KV-SESSION-1", "get-many after a write")
            .returns(batch::get_many(reader, &keys).await, expected.clone())?;
        cx.check("KV-SESSION-2", "get-many again")
            .returns(batch::get_many(reader, &keys).await, expected)?;
    }
    Ok(())
}
