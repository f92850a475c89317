use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    /// Case mappings that change a length, depend on the language, or are not their
    /// own inverse.
    id: "kv.key.case-unicode",
    title: "letters beyond ASCII are not folded to one case",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6", "TYP-TEXT-1"],
}

const KEYS: [&str; 25] = [
    "\u{e9}", "\u{c9}", "\u{df}", "ss", "SS", "\u{1e9e}", "\u{3c3}", "\u{3c2}", "\u{3a3}", "i",
    "\u{130}", "\u{131}", "I", "k", "\u{212a}", "K", "\u{436}", "\u{416}", "\u{fb01}", "fi",
    "\u{1c4}", "\u{1c6}", "\u{1c5}", "\u{10d0}", "\u{1c90}",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
