use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    id: "kv.cas.race.in-flight",
    title: "of several calls in flight that expect one state of a key exactly one succeeds",
    clauses: ["KV-CAS-2", "KV-SWAP-5", "KV-DELETE-IF-1"],
    requires: ["kv.cas"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const CALLS: usize = 8;

/// The place of the one call that succeeded, and what it returned.
fn winner<T>(cx: &Context, results: Vec<Result<T, SwapError>>) -> Result<(usize, T), Stop> {
    let mut won = Vec::new();
    for (place, result) in results.into_iter().enumerate() {
        match result {
            Ok(returned) => won.push((place, returned)),
            Err(SwapError::Stale(_)) => {}
            Err(error) => cx.ok(Err(error))?,
        }
    }
    let check = cx.check("KV-CAS-2", "count the calls that succeeded");
    check.equal(won.len(), 1)?;
    check.some(Ok::<_, Error>(won.pop()))
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let values: Vec<String> = (0..CALLS).map(|n| format!("value {n}")).collect();
    for round in 0..8 {
        let key = format!("key-{}", round / 2);
        let calls = values
            .iter()
            .map(|value| cas::create(&store, &key, value.as_bytes()));
        let (place, version) = winner(cx, together(calls).await)?;
        let check = cx.check("KV-SWAP-5", "current after several creations");
        let current = cas::current(&store, &key).await;
        check.equal(&check.entry(current, values[place].as_bytes())?, &version)?;

        let calls = values
            .iter()
            .map(|value| cas::swap(&store, &key, value.as_bytes(), &version));
        let (place, version) = winner(cx, together(calls).await)?;
        let check = cx.check("KV-SWAP-5", "current after several swaps");
        let current = cas::current(&store, &key).await;
        check.equal(&check.entry(current, values[place].as_bytes())?, &version)?;

        let calls = (0..CALLS).map(|_| cas::delete_if(&store, &key, &version));
        winner(cx, together(calls).await)?;
        cx.check("KV-DELETE-IF-1", "get after several deletions")
            .none(store.get(&key).await)?;
    }
    Ok(())
}
