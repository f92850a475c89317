use conformance_kit::prelude::*;
use keyvalue::batch::{self, BatchError};

use crate::support::{is_exactly, limit_to_try, put, some_items};

case! {
    /// Too many items and an item that breaks a rule: the text leaves open which
    /// of the two is reported, not that nothing is done.
    id: "kv.batch.over-with-bad-items",
    title: "a batch that is too large and has bad items is refused and does nothing",
    clauses: ["KV-BATCH-5", "KV-BATCH-8"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = limit_to_try(cx)? else {
        return Ok(());
    };
    let held = some_items(cx, "", 3);
    put(cx, &store, &held).await?;
    let mut keys: Vec<String> = (0..=limit).map(|number| format!("key-{number}")).collect();
    keys[0] = held[0].0.clone();
    for bad in [1, limit] {
        let mut keys = keys.clone();
        keys[bad] = String::new();
        let items: Vec<_> = keys.iter().map(|key| (key, "refused")).collect();
        let check = cx.check("KV-BATCH-8", "a batch with too many and with bad items");
        let calls = [
            batch::get_many(&store, &keys).await.map(drop),
            batch::set_many(&store, &items).await,
            batch::delete_many(&store, &keys).await,
        ];
        for result in calls {
            match result {
                Err(BatchError::Refused(refusal)) => {
                    let text =
                        format!("over the limit, with a bad item: {}", refusal.error.shown());
                    cx.note(text);
                }
                Err(error) => check.that(false, "refused", &error)?,
                Ok(()) => check.that(false, "refused", "no error")?,
            }
        }
    }
    is_exactly(cx, "KV-BATCH-5", &store, &held).await
}
