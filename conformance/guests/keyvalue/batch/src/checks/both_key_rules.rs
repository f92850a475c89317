use conformance_kit::prelude::*;
use keyvalue::batch::{self, BatchError};

use crate::support::{is_exactly, key_limit, put, some_items};

case! {
    /// Whether an empty key and one that is too long break one rule or two can
    /// be read both ways; the error and the first place cannot.
    id: "kv.batch.both-key-rules",
    title: "of an empty key and one that is too long the first decides the error",
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
            let check = cx.check("KV-BATCH-4", "a batch with two kinds of bad keys");
            match result {
                Err(BatchError::Refused(refusal)) if refusal.indices == [1, 3] => {
                    check.fails(Err::<(), _>(refusal.error), kind)?;
                    cx.note("one rule for keys");
                }
                result => {
                    check.refused(result, kind, &[1])?;
                    cx.note("two rules for keys");
                }
            }
        }
    }
    is_exactly(cx, "KV-BATCH-5", &store, &held).await
}
