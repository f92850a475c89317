use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.encoded-like",
    title: "a value that looks encoded or compressed is not decoded",
    clauses: ["KV-VALUE-1"],
}

const VALUES: [&[u8]; 17] = [
    b"aGVsbG8=",
    b"aGVsbG8",
    b"68656c6c6f",
    b"0x68",
    b"%68%2F",
    b"a+b%20c",
    b"=?utf-8?q?a?=",
    b"\\x68",
    b"&#104;",
    b"data:;base64,aGVsbG8=",
    b"\x1f\x8b\x08\0\0\0\0\0",
    b"\x28\xb5\x2f\xfd\x04\0",
    b"BZh91AY",
    b"\x78\x9c\x03\0\0\0\0\x01",
    b"\x89PNG\r\n\x1a\n",
    b"\x80\x04N.",
    b"a:1:{i:0;s:1:\"b\";}",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    keeps_all(cx, &store, &VALUES).await
}
