use conformance_kit::prelude::*;

use crate::refused::refused;

case! {
    id: "kv.counters.wrong-type.bytes",
    title: "zero bytes, binary numbers and bytes that are no text are no counters",
    clauses: ["KV-INCR-5", "KV-INCR-7"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let random = cx.random_bytes(8);
    let large = cx.random_bytes(24_000);
    let values: [&[u8]; 14] = [
        b"",
        &5_i64.to_le_bytes(),
        &5_i64.to_be_bytes(),
        &5_i32.to_le_bytes(),
        &[0; 8],
        &[5],
        b"\xff",
        b"5\xff",
        b"\xff5",
        b"\xc3\x28",
        &u64::MAX.to_le_bytes(),
        b"\xef\xbb\xbf5",
        &random,
        &large,
    ];
    refused(cx, &values).await
}
