use conformance_kit::prelude::*;

use crate::listing::{NONE, read, some_size};

case! {
    id: "kv.list.one",
    title: "the only key of a store is listed once, whatever it looks like",
    clauses: ["KV-LIST-1", "KV-KEY-6", "KV-SESSION-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let random = cx.random_text(40);
    for key in ["a", "\0", " ", "/", "\u{10ffff}", "0", "é/\n%", &random] {
        cx.ok(store.set(key, key.as_bytes()).await)?;
        for size in [None, Some(1), Some(2), some_size(cx, 1_000)] {
            let check = cx.check("KV-LIST-1", "read a list of one key");
            let pages = read(check, &store, "", 1, || size).await?;
            cx.check("KV-KEY-6", "read a list of one key")
                .keys(&pages.concat(), &[key])?;
        }
        cx.ok(store.delete(key).await)?;
        let listed = cx.all_keys(&store, "", None).await?;
        cx.check("KV-SESSION-3", "read a list after its only key was deleted")
            .keys(&listed, NONE)?;
    }
    Ok(())
}
