use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.marker-like",
    title: "a value that looks like a mark of absence or of a failure is a value",
    clauses: ["KV-VALUE-1", "KV-EXISTS-1"],
}

const VALUES: [&[u8]; 20] = [
    b"",
    b"null",
    b"nil",
    b"(nil)",
    b"None",
    b"undefined",
    b"\0",
    b"\xff",
    b"__deleted__",
    b"DELETED",
    b"tombstone",
    b"TOMBSTONE",
    b"not found",
    b"NotFound",
    b"error",
    b"ERR",
    b"-ERR unknown",
    b"$-1\r\n",
    b"*0\r\n",
    b"{\"deleted\":true}",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    keeps_all(cx, &store, &VALUES).await?;
    for place in 0..VALUES.len() {
        cx.check("KV-EXISTS-1", "exists of a key with one of the values")
            .returns(store.exists(&format!("value-{place}")).await, true)?;
    }
    Ok(())
}
