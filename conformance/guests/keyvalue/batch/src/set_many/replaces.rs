use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::is_exactly;

case! {
    id: "kv.batch.set.replaces",
    title: "set-many replaces whole values, whatever the two lengths are",
    clauses: ["KV-SETMANY-1"],
    requires: ["kv.batch"],
}

const LENGTHS: [usize; 7] = [0, 1, 10, 255, 4_000, 24_576, 9];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for round in 0..LENGTHS.len() {
        let items: Vec<_> = (0..LENGTHS.len())
            .map(|number| {
                let length = LENGTHS[(number + round) % LENGTHS.len()];
                (format!("key-{number}"), cx.random_bytes(length))
            })
            .collect();
        cx.check("KV-SETMANY-1", "set-many of present keys")
            .ok(batch::set_many(&store, &items).await)?;
        is_exactly(cx, "KV-SETMANY-1", &store, &items).await?;
    }
    Ok(())
}
