use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{holds, megabytes};

case! {
    /// Services take a part of such a batch and say so; a provider goes on then.
    id: "kv.batch.megabytes-written",
    title: "set-many carries out all items of a batch of several mebibytes",
    clauses: ["KV-BATCH-1", "KV-BATCH-8"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let items = megabytes(cx)?;
    cx.check("KV-BATCH-1", "set-many of several mebibytes")
        .ok(batch::set_many(&store, &items).await)?;
    holds(cx, "KV-BATCH-8", &store, &items).await
}
