use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.line-ends",
    title: "line ends and white space in a value are kept",
    clauses: ["KV-VALUE-1"],
}

const VALUES: [&[u8]; 18] = [
    b"a\r\nb", b"a\nb", b"a\rb", b"a\n", b"a\r\n", b"\na", b"\n", b"\r\n", b" a", b"a ", b"  ",
    b"\ta\t", b"a\x0b", b"a\x0c", b"a\x1a", b"a\x04", b"\x08a", b"a\xa0",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    keeps_all(cx, &store, &VALUES).await
}
