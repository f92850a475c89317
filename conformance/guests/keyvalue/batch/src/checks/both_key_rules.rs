use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, key_limit, put, some_items};

case! {
    id: "kv.batch.both-key-rules",
    title: "of an empty key and one that is too long the first decides the error, and is named alone",
    clauses: ["KV-BATCH-4", "KV-BATCH-5"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = key_limit(cx)? else {
        return Ok(());
    };
    let held = some_items(cx, "", 3);
    put(cx, &store, &held).await?;
    let long = "k".repeat(limit + 1);
    for empty_first in [true, false] {
        let (first, second, kind) = match empty_first {
            true => ("", long.as_str(), Kind::InvalidArgument),
            false => (long.as_str(), "", Kind::TooLarge(limit as u64)),
        };
        let keys = ["a", first, &held[0].0, second, "b"];
        let items = keys.map(|key| (key, "refused"));
        let calls = [
            batch::get_many(&store, &keys).await.map(drop),
            batch::set_many(&store, &items).await,
            batch::delete_many(&store, &keys).await,
        ];
        for result in calls {
            cx.check("KV-BATCH-4", "a batch with two kinds of bad keys")
                .refused(result, kind, &[1])?;
        }
    }
    is_exactly(cx, "KV-BATCH-5", &store, &held).await
}
