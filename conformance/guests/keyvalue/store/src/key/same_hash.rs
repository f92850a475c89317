use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    /// Collisions of 31-multiplying hashes, of CRC-32 and FNV-1a, and of sums of bytes.
    id: "kv.key.same-hash",
    title: "keys of the same weak hash are different keys",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

const KEYS: [&str; 19] = [
    "Aa",
    "BB",
    "AaAa",
    "BBBB",
    "AaBB",
    "BBAa",
    "plumless",
    "buckeroo",
    "costarring",
    "liquid",
    "declinate",
    "macallums",
    "altarage",
    "zinke",
    "ab",
    "ba",
    "abc",
    "bac",
    "cab",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
