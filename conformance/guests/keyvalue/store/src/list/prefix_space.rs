use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    id: "kv.list.prefix-space",
    title: "white space and control characters of a prefix count",
    clauses: ["KV-LIST-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let spaces = [
        " ", "  ", "\t", "\n", "\r", "\r\n", "\0", "\u{b}", "\u{7f}", "\u{a0}", "\u{2003}",
    ];
    let mut keys = vec!["a".to_owned(), "ab".to_owned()];
    for space in spaces {
        keys.extend([space.to_owned(), [space, "a"].concat()]);
        keys.extend([["a", space].concat(), ["a", space, "b"].concat()]);
    }
    fill(cx, &store, &keys).await?;
    listed_by(cx, "KV-LIST-2", &store, &keys, &keys).await
}
