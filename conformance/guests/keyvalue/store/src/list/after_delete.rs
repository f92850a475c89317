use conformance_kit::prelude::*;

use crate::listing::{clear, fill, read, shuffle, some_keys, some_size};

case! {
    id: "kv.list.after-delete",
    title: "lists leave out deleted keys and hold those written again once",
    clauses: ["KV-LIST-1", "KV-SESSION-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = some_keys(cx, "", 24);
    fill(cx, &store, &keys).await?;
    for _ in 0..4 {
        shuffle(cx, &mut keys);
        let (gone, left) = keys.split_at(1 + cx.random_below(22) as usize);
        clear(cx, &store, gone).await?;
        for size in [None, some_size(cx, 4)] {
            let check = cx.check("KV-LIST-1", "read a list after some keys were deleted");
            let pages = read(check, &store, "", left.len(), || size).await?;
            cx.check("KV-SESSION-3", "read a list after some keys were deleted")
                .keys(&pages.concat(), left)?;
        }
        fill(cx, &store, gone).await?;
        let check = cx.check("KV-LIST-1", "read a list after keys were written again");
        let pages = read(check, &store, "", keys.len(), || some_size(cx, 9)).await?;
        check.keys(&pages.concat(), &keys)?;
    }
    Ok(())
}
