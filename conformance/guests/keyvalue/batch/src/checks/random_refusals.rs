use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, put, some_items};

case! {
    id: "kv.batch.random-refusals",
    title: "random batches are refused exactly when and where they break a rule",
    clauses: ["KV-BATCH-4", "KV-BATCH-5", "KV-SETMANY-1", "KV-SETMANY-2"],
    requires: ["kv.batch"],
    timeout_s: 20,
}

const ROUNDS: usize = 60;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut held = some_items(cx, "", 15);
    put(cx, &store, &held).await?;
    let mut refused = 0;
    for _ in 0..ROUNDS {
        let count = 1 + cx.random_below(25) as usize;
        // Rare enough that some batches are good.
        let odds = 10 + cx.random_below(40);
        let entries: Vec<(String, Vec<u8>)> = (0..count)
            .map(|number| {
                let key = match cx.random_below(odds) {
                    0 => String::new(),
                    // In 1 of 2 cases this stood there before.
                    1 | 2 => held[cx.random_below(2) as usize].0.clone(),
                    _ => held
                        .get(number + 2)
                        .map_or(format!("new-{number}"), |(key, _)| key.clone()),
                };
                (key, cx.random_bytes(3))
            })
            .collect();
        let empty: Vec<u32> = places(&entries, |key, _| key.is_empty());
        let repeated = places(&entries, |key, before| {
            !key.is_empty() && before.iter().any(|(other, _)| other == key)
        });
        let offending = match (empty.first(), repeated.first()) {
            (Some(a), Some(b)) => {
                if a < b {
                    &empty
                } else {
                    &repeated
                }
            }
            (Some(_), None) => &empty,
            _ => &repeated,
        };
        let result = batch::set_many(&store, &entries).await;
        if offending.is_empty() {
            cx.check("KV-SETMANY-1", "set-many of a good batch")
                .ok(result)?;
            for (key, value) in entries {
                match held.iter_mut().find(|(other, _)| *other == key) {
                    Some(item) => item.1 = value,
                    None => held.push((key, value)),
                }
            }
        } else {
            refused += 1;
            let keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
            let message = format!("set-many of the keys {}", keys.shown());
            let clause = if offending == &empty {
                "KV-BATCH-4"
            } else {
                "KV-SETMANY-2"
            };
            cx.check(clause, &message)
                .refused(result, Kind::InvalidArgument, offending)?;
        }
        if refused % 8 == 1 || offending.is_empty() {
            is_exactly(cx, "KV-BATCH-5", &store, &held).await?;
        }
    }
    cx.note(format!("{refused} of {ROUNDS} random batches were refused"));
    is_exactly(cx, "KV-BATCH-5", &store, &held).await
}

/// The places of items that offend, given the key and the items before.
fn places(
    entries: &[(String, Vec<u8>)],
    offends: impl Fn(&str, &[(String, Vec<u8>)]) -> bool,
) -> Vec<u32> {
    let all = entries.iter().enumerate();
    all.filter(|(place, (key, _))| offends(key, &entries[..*place]))
        .map(|(place, _)| place as u32)
        .collect()
}
