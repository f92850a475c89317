use conformance_kit::prelude::*;

use crate::listing::{ODD_KEYS, fill, read};

case! {
    /// In pages of one key each of them is also what a cursor stands for.
    id: "kv.list.odd-keys",
    title: "keys of all kinds of characters are listed with their exact bytes, in pages of any size",
    clauses: ["KV-KEY-6", "KV-LIST-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    fill(cx, &store, ODD_KEYS).await?;
    for size in [None, Some(1), Some(2), Some(7)] {
        let check = cx.check("KV-LIST-1", "read a list of odd keys");
        let pages = read(check, &store, "", ODD_KEYS.len(), || size).await?;
        cx.check("KV-KEY-6", "read a list of odd keys")
            .keys(&pages.concat(), ODD_KEYS)?;
    }
    Ok(())
}
