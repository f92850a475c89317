use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, keys_of, some_items};

case! {
    id: "kv.batch.get.absent",
    title: "get-many of absent keys alone returns none for each, and creates none of them",
    clauses: ["KV-GETMANY-2", "KV-GET-2"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for count in [1, 2, 24, 25] {
        let items = some_items(cx, "", count);
        for _ in 0..2 {
            cx.check("KV-GETMANY-2", "get-many of absent keys")
                .returns(
                    batch::get_many(&store, &keys_of(&items)).await,
                    vec![None; count],
                )?;
        }
    }
    is_exactly(cx, "KV-GET-2", &store, &[]).await
}
