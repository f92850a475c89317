use conformance_kit::prelude::*;
use keyvalue::batch::{self, BatchError};

use crate::support::{Item, holds, keys_of, lacks, some_items, up_to, with_new_values};

case! {
    /// Where nothing fails there is nothing to name; under load, or in a run that
    /// injects faults, there is.
    id: "kv.batch.partial",
    title: "a batch that fails in part names the failed items, and has carried out the others",
    clauses: ["KV-BATCH-6", "KV-BATCH-7", "KV-BATCH-8"],
    requires: ["kv.batch"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let size = up_to(cx, 100)?;
    let mut batches: Vec<Vec<Item>> = (0..8)
        .map(|number| some_items(cx, &format!("{number}/"), size))
        .collect();
    let mut failed = 0;
    for _ in 0..2 {
        batches = batches
            .iter()
            .map(|items| with_new_values(cx, items))
            .collect();
        let results = together(batches.iter().map(|items| batch::set_many(&store, items)));
        for (items, result) in batches.iter().zip(results.await) {
            let left = carried_out(cx, items, result)?;
            failed += items.len() - left.len();
            holds(cx, "KV-BATCH-7", &store, &left).await?;
        }
    }
    let keys: Vec<_> = batches.iter().map(|items| keys_of(items)).collect();
    let results = together(keys.iter().map(|keys| batch::delete_many(&store, keys)));
    for (items, result) in batches.iter().zip(results.await) {
        let left = carried_out(cx, items, result)?;
        failed += items.len() - left.len();
        lacks(cx, "KV-BATCH-8", &store, &keys_of(&left)).await?;
    }
    cx.note(format!("{failed} items failed"));
    Ok(())
}

/// The items that a batch has to have carried out.
fn carried_out(
    cx: &Context,
    items: &[Item],
    result: Result<(), BatchError>,
) -> Result<Vec<Item>, Stop> {
    let check = cx.check("KV-BATCH-6", "look at the failures of a batch");
    let failures = match result {
        Ok(()) => return Ok(items.to_vec()),
        Err(BatchError::Partial(failures)) => failures,
        refused => return check.ok(refused).map(|()| Vec::new()),
    };
    let places: Vec<usize> = failures
        .iter()
        .map(|failure| failure.index as usize)
        .collect();
    let shown = BatchError::Partial(failures);
    check.that(!places.is_empty(), "at least one failed item", &shown)?;
    let ascend = places.windows(2).all(|pair| pair[0] < pair[1]);
    check.that(ascend, "each item once, in ascending order", &shown)?;
    let known = places.iter().all(|place| *place < items.len());
    check.that(known, "places of the input", &shown)?;
    let all = items.iter().cloned().enumerate();
    Ok(all
        .filter(|(place, _)| !places.contains(place))
        .map(|(_, item)| item)
        .collect())
}
