use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.numbers",
    title: "keys that look like numbers are compared as text",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 23] = [
    "1",
    "01",
    "1.0",
    "+1",
    "1 ",
    "1e0",
    "-0",
    "0",
    "00",
    "-1",
    "0x1",
    "\u{661}",
    "\u{ff11}",
    "\u{b9}",
    "10",
    "9",
    "1_0",
    "1,0",
    "9007199254740993",
    "9007199254740992",
    "18446744073709551616",
    "NaN",
    "Infinity",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
