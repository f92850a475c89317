use conformance_kit::prelude::*;

use crate::listing::{ODD_KEYS, fill, streamed_by};

case! {
    id: "kv.keys.odd-keys",
    title: "streams deliver keys of all kinds of characters exactly, by prefixes of all kinds",
    clauses: ["KV-KEY-6", "KV-KEYS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    fill(cx, &store, ODD_KEYS).await?;
    streamed_by(cx, "KV-KEY-6", &store, ODD_KEYS, &[""]).await?;
    streamed_by(cx, "KV-KEYS-1", &store, ODD_KEYS, ODD_KEYS).await
}
