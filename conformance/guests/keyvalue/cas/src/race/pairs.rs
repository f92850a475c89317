use std::collections::BTreeMap;

use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    /// Reading the value and the version one after the other pairs the one of one
    /// write with the other of the next.
    id: "kv.cas.race.pairs",
    title: "value and version that a call returns belong together while the key is written",
    clauses: ["KV-CURRENT-2", "KV-SWAP-3", "KV-DELETE-IF-2"],
    requires: ["kv.cas"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const ROUNDS: usize = 40;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let first = cx.ok(cas::create(&store, "key", b"0").await)?;
    let writer = async {
        let mut version = first.clone();
        let mut written = BTreeMap::from([(first.clone(), b"0".to_vec())]);
        for round in 1..=ROUNDS {
            // Sizes differ, so that a torn entry is a wrong one.
            let value = vec![b'0' + (round % 10) as u8; 1 + (round % 7) * 300];
            version = cx.ok(cas::swap(&store, "key", &value, &version).await)?;
            written.insert(version.clone(), value);
        }
        Ok::<_, Stop>(written)
    };
    let reader = async {
        let mut read = Vec::new();
        for round in 0..ROUNDS {
            let (clause, result) = match round % 3 {
                0 => {
                    let entry = cx.ok(cas::current(&store, "key").await)?;
                    ("KV-CURRENT-2", entry)
                }
                1 => match cas::create(&store, "key", b"lost").await {
                    Err(SwapError::Stale(entry)) => ("KV-SWAP-3", entry),
                    other => {
                        return cx
                            .check("KV-SWAP-3", "swap that expects a key absent")
                            .stale(other, None)
                            .map(|_| read);
                    }
                },
                _ => match cas::delete_if(&store, "key", "unknown").await {
                    Err(SwapError::Stale(entry)) => ("KV-DELETE-IF-2", entry),
                    other => {
                        return cx
                            .check("KV-DELETE-IF-2", "delete-if by another version")
                            .stale(other, None)
                            .map(|_| read);
                    }
                },
            };
            let entry = cx.check(clause, "look at a key that is present throughout");
            read.push((clause, entry.some(Ok::<_, Error>(result))?));
        }
        Ok(read)
    };
    let (written, read) = both(writer, reader).await;
    let written = written?;
    for (clause, entry) in read? {
        let value = written.get(&entry.version).map(Vec::as_slice);
        cx.check(clause, "compare with the value that has this version")
            .that(
                value == Some(&entry.value),
                "value and version of one write",
                &entry,
            )?;
    }
    Ok(())
}
