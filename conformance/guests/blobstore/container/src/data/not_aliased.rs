use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    /// Bytes that are stored once for two objects must not change with one of them.
    id: "blob.data.not-aliased",
    title: "objects with equal bytes change independently of each other and of the guest",
    clauses: ["BLOB-DATA-1", "BLOB-PUT-3"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for length in [0, 1, 100, 100_000] {
        let mut buffer = big(cx, length);
        let bytes = buffer.clone();
        for name in ["a", "b", "c"] {
            cx.ok(container.put(name, &buffer).await)?;
        }
        buffer.fill(b'x');
        if let Some(mut read) = cx.ok(container.get("a").await)? {
            read.fill(b'y');
        }
        cx.check("BLOB-DATA-1", "get after the guest changed its own bytes")
            .value(container.get("a").await, &bytes)?;
        cx.ok(container.put("a", b"other").await)?;
        cx.check("BLOB-PUT-3", "get after an equal object was overwritten")
            .value(container.get("b").await, &bytes)?;
        cx.ok(container.delete("b").await)?;
        cx.check("BLOB-PUT-3", "get after an equal object was deleted")
            .value(container.get("c").await, &bytes)?;
    }
    Ok(())
}
