use conformance_kit::prelude::*;

use crate::listing::{ODD_KEYS, fill, listed_by};

case! {
    id: "kv.list.odd-prefixes",
    title: "every odd key is a prefix of itself and of what starts with the same bytes",
    clauses: ["KV-LIST-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    fill(cx, &store, ODD_KEYS).await?;
    listed_by(cx, "KV-LIST-2", &store, ODD_KEYS, ODD_KEYS).await
}
