use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{keys_of, megabytes, put};

case! {
    /// Services return a part of such an answer and say so; a provider goes on
    /// then.
    id: "kv.batch.megabytes-read",
    title: "get-many returns all values of a batch of several mebibytes",
    clauses: ["KV-BATCH-1", "KV-GETMANY-2"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let items = megabytes(cx)?;
    put(cx, &store, &items).await?;
    let read = batch::get_many(&store, &keys_of(&items)).await;
    let read = cx
        .check("KV-BATCH-1", "get-many of several mebibytes")
        .ok(read)?;
    let right = |((_, value), read): (&(_, Vec<u8>), &Option<_>)| read.as_ref() == Some(value);
    let right = items.iter().zip(&read).filter(|pair| right(*pair)).count();
    cx.check("KV-GETMANY-2", "count the right values of get-many")
        .equal(right, items.len())
}
