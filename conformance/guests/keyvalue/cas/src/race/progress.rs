use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    id: "kv.cas.progress",
    title: "of 32 swaps that contend for a key at least one succeeds each time",
    clauses: ["KV-CAS-5"],
    requires: ["kv.cas"],
    level: Level::Should,
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const CALLS: usize = 32;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut version = cx.ok(cas::create(&store, "key", b"start").await)?;
    for round in 0..6 {
        let value = format!("round {round}");
        let calls = (0..CALLS).map(|_| cas::swap(&store, "key", value.as_bytes(), &version));
        let mut won = Vec::new();
        for result in together(calls).await {
            match result {
                Ok(version) => won.push(version),
                Err(SwapError::Stale(_)) => {}
                Err(error) => cx.ok(Err(error))?,
            }
        }
        cx.check("KV-CAS-5", "count the swaps that succeeded")
            .that(!won.is_empty(), "one or more", &won.len())?;
        version = cx.version(&store, "key").await?;
    }
    Ok(())
}
