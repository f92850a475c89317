use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.text",
    title: "text in a value is neither normalised nor re-encoded",
    clauses: ["KV-VALUE-1"],
}

const VALUES: [&str; 12] = [
    "é",
    "e\u{301}",
    "\u{212b}",
    "\u{feff}text",
    "\u{feff}",
    "\u{1f600}",
    "ﬁ",
    "\u{202e}abc",
    "a\u{200b}b",
    "\u{fffd}",
    "\u{ffff}",
    "İıſß",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    keeps_all(cx, &store, &VALUES).await
}
