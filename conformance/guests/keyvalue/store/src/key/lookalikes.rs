use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.lookalikes",
    title: "letters of different scripts that look alike are different",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6", "TYP-TEXT-1"],
}

const KEYS: [&str; 28] = [
    "a", "\u{430}", "\u{ff41}", "\u{251}", "A", "\u{391}", "\u{410}", "o", "\u{43e}", "0",
    "\u{3bf}", "O", "l", "I", "1", "|", "-", "\u{2010}", "\u{2013}", "\u{2212}", "'", "\u{2019}",
    ".", "\u{3002}", "\u{ff0e}", "/", "\u{2215}", "\u{ff0f}",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
