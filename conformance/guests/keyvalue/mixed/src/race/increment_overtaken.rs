use crate::writers::{Rounds, Writer, number};
use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    /// One instance writes rising multiples of a million, or deletes; the others
    /// add. Behind an own write the writer never finds a number below it, and
    /// behind an own delete none that began before.
    actors: 4,
    id: "kv.counters.race.overtaken",
    title: "an increment never brings back a number that another instance replaced",
    clauses: ["KV-INCR-1", "KV-INCR-8"],
    requires: ["kv.cas", "kv.counters", "kv.batch", "kv.expiry"],
    timeout_s: 60,
}

const WRITERS: [Writer; 5] = [
    Writer::Set,
    Writer::SetMany,
    Writer::SetExpiring,
    Writer::Swap,
    Writer::Delete,
];
const STEP: usize = 1_000_000;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    for writer in WRITERS {
        let key = writer.key();
        cx.meet(key, index).await?;
        let mut rounds = Rounds::start(cx).await;
        while let Some(round) = rounds.next(cx).await {
            if index > 0 {
                cx.ok(increment(&store, key, 1).await)?;
                cx.ok(increment(&store, key, 1).await)?;
                continue;
            }
            let least = round * STEP;
            if writer == Writer::Delete {
                cx.ok(store.set(key, least.to_string().as_bytes()).await)?;
            }
            let wrote = writer.write(cx, &store, least).await?;
            let found = cx.ok(number(&store, key).await)?;
            if writer == Writer::Delete {
                let anew = found.is_none_or(|found| found < STEP as i64);
                cx.check("KV-INCR-1", "get after a delete beside increments")
                    .that(anew, "none or a counter that began anew", &found)?;
            } else if wrote {
                let later = found.is_some_and(|found| found >= least as i64);
                cx.check("KV-INCR-8", "get after a write beside increments")
                    .that(later, "the number that was written, or more", &found)?;
            }
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let last = cx.ok(number(&store, Writer::Set.key()).await)?;
    cx.check("KV-INCR-8", "get after all ended").that(
        last.is_some_and(|last| last >= STEP as i64),
        "a number that was written, or more",
        &last,
    )
}
