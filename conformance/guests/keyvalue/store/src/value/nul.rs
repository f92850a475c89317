use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.nul",
    title: "bytes of zero are kept wherever they stand",
    clauses: ["KV-VALUE-1"],
}

const VALUES: [&[u8]; 9] = [
    b"\0",
    b"\0\0",
    b"a\0",
    b"\0a",
    b"a\0b",
    b"a\0\0b\0",
    b"\0\0\0\0\0\0\0\x01",
    b"\x01\0\0\0\0\0\0\0",
    b"a\0\n\0b",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    keeps_all(cx, &store, &VALUES).await?;
    keeps_all(
        cx,
        &store,
        &[vec![0; 1_000], vec![0; 4_096], vec![0; 24_576]],
    )
    .await
}
