use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.control",
    title: "control characters are accepted and kept",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

const KEYS: [&str; 36] = [
    "a\u{1}", "a\u{2}", "a\u{3}", "a\u{4}", "a\u{5}", "a\u{6}", "a\u{7}", "a\u{8}", "a\u{9}",
    "a\u{a}", "a\u{b}", "a\u{c}", "a\u{d}", "a\u{e}", "a\u{f}", "a\u{10}", "a\u{11}", "a\u{12}",
    "a\u{13}", "a\u{14}", "a\u{15}", "a\u{16}", "a\u{17}", "a\u{18}", "a\u{19}", "a\u{1a}",
    "a\u{1b}", "a\u{1c}", "a\u{1d}", "a\u{1e}", "a\u{1f}", "a\u{7f}", "a", "\u{80}", "\u{85}",
    "\u{9f}",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
