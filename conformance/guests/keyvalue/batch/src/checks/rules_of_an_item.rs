use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, put, some_items};

case! {
    /// The key, then the value, then whether the key stood there before.
    id: "kv.batch.rules-of-an-item",
    title: "an item that breaks several rules counts for the first of them",
    clauses: ["KV-BATCH-4", "KV-BATCH-5"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let held = some_items(cx, "", 3);
    put(cx, &store, &held).await?;
    let key = held[0].0.as_str();

    // Empty keys, which stand there before as well.
    let entries = [
        ("", "1"),
        ("a", "2"),
        ("", "3"),
        (key, "4"),
        ("", "5"),
        (key, "6"),
    ];
    cx.check("KV-BATCH-4", "set-many of empty keys and a repeated one")
        .refused(
            batch::set_many(&store, &entries).await,
            Kind::InvalidArgument,
            &[0, 2, 4],
        )?;
    let entries = [(key, "1"), ("", "2"), (key, "3"), ("", "4")];
    cx.check(
        "KV-BATCH-4",
        "set-many of empty keys that stood there before",
    )
    .refused(
        batch::set_many(&store, &entries).await,
        Kind::InvalidArgument,
        &[1, 3],
    )?;

    if let Some(limit) = cx.small_limit("kv.value.max-bytes")? {
        let big = vec![b'v'; limit + 1];
        // An empty key with a big value breaks the rule for keys.
        let entries: [(&str, &[u8]); 4] = [("a", b"1"), ("", &big), ("b", b"2"), ("", b"3")];
        cx.check(
            "KV-BATCH-4",
            "set-many of an empty key with a value over the limit",
        )
        .refused(
            batch::set_many(&store, &entries).await,
            Kind::InvalidArgument,
            &[1, 3],
        )?;
    }
    is_exactly(cx, "KV-BATCH-5", &store, &held).await
}
