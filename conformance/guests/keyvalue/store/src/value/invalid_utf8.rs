use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.invalid-utf8",
    title: "values that are no text are kept",
    clauses: ["KV-VALUE-1"],
}

const VALUES: [&[u8]; 14] = [
    b"\xff",
    b"\xfe\xff",
    b"\xff\xfe",
    b"\x80",
    b"\xc3",
    b"\xc3\x28",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"a\xffb",
    // Overlong, surrogates, beyond the last code point.
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xed\xb0\x80",
    b"\xf4\x90\x80\x80",
    b"\xf8\x88\x80\x80\x80",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    keeps_all(cx, &store, &VALUES).await
}
