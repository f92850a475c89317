use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    /// A swap by the last known version fails only if somebody else succeeded
    /// since, so the number of attempts is bounded by that of all successes.
    actors: 6,
    id: "kv.cas.increment-loop",
    title: "instances that add by read and swap end at the exact sum, with a bounded number of attempts",
    clauses: ["KV-CAS-1", "KV-SWAP-2"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

const EACH: u64 = 8;
const ALL: u64 = 6 * EACH;

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("sum", b"0").await)
}

fn number(value: &[u8]) -> u64 {
    String::from_utf8_lossy(value)
        .parse()
        .unwrap_or(u64::MAX / 2)
}

async fn actor(cx: &Context, _index: u32) -> Observations {
    let store = cx.store().await?;
    let check = cx.check("KV-SWAP-2", "add by read and swap");
    let mut entry = check.some(cas::current(&store, "sum").await)?;
    let (mut added, mut attempts) = (0, 0);
    while added < EACH {
        attempts += 1;
        check.that(
            attempts <= ALL + 1,
            "no more attempts than writes",
            &attempts,
        )?;
        let sum = number(&entry.value) + 1;
        let value = sum.to_string().into_bytes();
        match cas::swap(&store, "sum", &value, &entry.version).await {
            Ok(version) => {
                added += 1;
                entry = cas::Entry { value, version };
            }
            Err(SwapError::Stale(now)) => entry = check.some(Ok::<_, Error>(now))?,
            Err(error) => cx.ok(Err(error))?,
        }
    }
    Ok(vec![attempts.to_string()])
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    cx.note(format!(
        "attempts for {EACH} additions: {}",
        seen.concat().join(", ")
    ));
    cx.check("KV-CAS-1", "get after all additions")
        .value(store.get("sum").await, ALL.to_string().as_bytes())
}
