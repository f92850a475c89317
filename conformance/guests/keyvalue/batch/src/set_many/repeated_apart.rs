use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, some_items, up_to};

case! {
    /// Whoever splits a batch first and checks each part alone does not see them.
    id: "kv.batch.set.repeated-apart",
    title: "set-many finds a key again however many items lie between its two places",
    clauses: ["KV-SETMANY-2", "KV-BATCH-5"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for distance in [1, 10, 16, 24, 25, 26, 50, 99, 100, 101, 128, 256, 500, 999] {
        let last = up_to(cx, distance + 1)? - 1;
        let mut items = some_items(cx, "", last + 1);
        items[last].0 = items[0].0.clone();
        let message = format!("set-many of a key at 0 and at {last}");
        cx.check("KV-SETMANY-2", &message).refused(
            batch::set_many(&store, &items).await,
            Kind::InvalidArgument,
            &[last as u32],
        )?;
    }
    is_exactly(cx, "KV-BATCH-5", &store, &[]).await
}
