use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.bytes",
    title: "all bytes are kept in any order",
    clauses: ["KV-VALUE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let reversed: Vec<u8> = all.iter().rev().copied().collect();
    // Every byte at every place of a block of four.
    let squares = |byte: u8| [byte, byte.wrapping_mul(3), !byte, byte.rotate_left(4)];
    let mixed: Vec<u8> = all.iter().flat_map(|byte| squares(*byte)).collect();
    let twice = all.repeat(2);
    keeps_all(cx, &store, &[all, reversed, mixed, twice]).await
}
