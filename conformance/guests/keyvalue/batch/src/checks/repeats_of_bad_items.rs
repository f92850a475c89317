use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::is_exactly;

case! {
    /// A key stood in the input before also where its item was bad for another
    /// reason.
    id: "kv.batch.repeats-of-bad-items",
    title: "a key that stood in the input before with a value over the limit is a repeated key",
    clauses: ["KV-SETMANY-2", "KV-BATCH-5"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = cx.small_limit("kv.value.max-bytes")? else {
        return Ok(());
    };
    let big = vec![b'v'; limit + 1];
    let entries: [(&str, &[u8]); 6] = [
        ("a", b"1"),
        ("a", b"2"),
        ("b", &big),
        ("c", b"3"),
        ("b", b"4"),
        ("c", b"5"),
    ];
    cx.check(
        "KV-SETMANY-2",
        "set-many of a key that stood before with a big value",
    )
    .refused(
        batch::set_many(&store, &entries).await,
        Kind::InvalidArgument,
        &[1, 4, 5],
    )?;
    is_exactly(cx, "KV-BATCH-5", &store, &[]).await
}
