use conformance_kit::prelude::*;

use crate::listing::{NONE, clear, fill, read, some_keys};

case! {
    /// A store that was emptied may keep traces of what was in it.
    id: "kv.list.empty",
    title: "a list of an empty store has no keys, also after there were some",
    clauses: ["KV-LIST-3", "TYP-PAGE-5"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    lists_nothing(cx, &store).await?;
    let keys = some_keys(cx, "a", 12);
    fill(cx, &store, &keys).await?;
    clear(cx, &store, &keys).await?;
    lists_nothing(cx, &store).await
}

async fn lists_nothing(cx: &Context, store: &Store) -> Outcome {
    for prefix in ["", "a", "a/", "\0", "\u{10ffff}"] {
        for size in [None, Some(1), Some(2), Some(u32::MAX)] {
            // Two pages are the most that an empty list may come in.
            let check = cx.check("TYP-PAGE-5", "read a list of an empty store");
            let pages = read(check, store, prefix, 0, || size).await?;
            cx.check("KV-LIST-3", "read a list of an empty store")
                .keys(&pages.concat(), NONE)?;
        }
    }
    Ok(())
}
