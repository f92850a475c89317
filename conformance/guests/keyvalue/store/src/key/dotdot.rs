use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    /// Nothing may be resolved, nor reached outside the store.
    id: "kv.key.dotdot",
    title: "dots between slashes have no meaning in a key",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 20] = [
    "../x",
    "x",
    "./x",
    "/x",
    "a/../x",
    "a/x",
    "x/.",
    "x/",
    "x/..",
    "..",
    "../..",
    ".",
    "./.",
    "a/./x",
    "a//x",
    "a/b/../../x",
    "../../../x",
    ".../x",
    "../",
    "..x",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
