use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, keys_of, put, remove, shuffle, some_items, with_new_values};

case! {
    id: "kv.batch.get.like-get",
    title: "get-many and get agree after every change",
    clauses: ["KV-GETMANY-2", "KV-SESSION-3"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut items = some_items(cx, "key-", FLOOR);
    for _ in 0..10 {
        let changed = cx.random_below(10) as usize;
        shuffle(cx, &mut items);
        let written = with_new_values(cx, &items[..changed]);
        put(cx, &store, &written).await?;
        remove(cx, &store, &keys_of(&items[changed..changed + 5])).await?;
        let keys = keys_of(&items);
        let check = cx.check("KV-GETMANY-2", "get-many after changes");
        let values = check.ok(batch::get_many(&store, &keys).await)?;
        cx.check("KV-SESSION-3", "get-many after changes").that(
            values.len() == keys.len()
                && written
                    .iter()
                    .zip(&values)
                    .all(|((_, a), b)| b.as_ref() == Some(a))
                && values[changed..changed + 5].iter().all(Option::is_none),
            "the values that were just written, and none for deleted keys",
            &values,
        )?;
        let read = together(keys.iter().map(|key| store.get(key))).await;
        for ((key, read), value) in keys.iter().zip(read).zip(values) {
            let message = format!("compare get-many and get of {}", key.shown());
            let read = cx.ok(read)?;
            cx.check("KV-GETMANY-2", &message).equal(value, read)?;
        }
    }
    Ok(())
}
