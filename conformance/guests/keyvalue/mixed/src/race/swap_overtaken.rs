use crate::writers::{END, Rounds, Writer, number, parse};
use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    /// One instance writes rising multiples of a thousand, or deletes; the others
    /// swap what they see for one more. Behind an own write the writer never finds
    /// a number below it.
    actors: 4,
    id: "kv.cas.race.swap-overtaken",
    title: "a swap never replaces what another instance wrote after the version that it expects",
    clauses: ["KV-CAS-1"],
    requires: ["kv.cas", "kv.batch", "kv.expiry"],
    timeout_s: 60,
}

const WRITERS: [Writer; 4] = [
    Writer::Set,
    Writer::SetMany,
    Writer::SetExpiring,
    Writer::Delete,
];
const STEP: usize = 1_000;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    for writer in WRITERS {
        let key = writer.key();
        cx.meet(key, index).await?;
        if index > 0 {
            add_by_swap(cx, &store, key).await?;
            continue;
        }
        let mut rounds = Rounds::start(cx).await;
        while let Some(round) = rounds.next(cx).await {
            let least = round * STEP;
            if writer == Writer::Delete {
                cx.ok(store.set(key, least.to_string().as_bytes()).await)?;
            }
            writer.write(cx, &store, least).await?;
            let check = cx.check("KV-CAS-1", "get after a write beside swaps");
            let found = check.ok(number(&store, key).await)?;
            if writer == Writer::Delete {
                check.that(found.is_none(), "none: nobody creates", &found)?;
            } else {
                let later = found.is_some_and(|found| found >= least as i64);
                check.that(later, "the number that was written, or a later one", &found)?;
            }
        }
        cx.ok(store.set(key, END).await)?;
    }
    Ok(Vec::new())
}

async fn add_by_swap(cx: &Context, store: &Store, key: &str) -> Outcome {
    let mut rounds = Rounds::until_end(cx).await;
    while rounds.next(cx).await.is_some() {
        let Some(entry) = cx.ok(cas::current(store, key).await)? else {
            continue;
        };
        if entry.value == END {
            break;
        }
        let value = (parse(&entry.value) + 1).to_string();
        match cas::swap(store, key, value.as_bytes(), &entry.version).await {
            Ok(_) | Err(SwapError::Stale(_)) => {}
            Err(error) => cx.ok(Err(error))?,
        }
    }
    Ok(())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    for writer in WRITERS {
        cx.check("KV-CAS-1", "get after all ended")
            .value(store.get(writer.key()).await, END)?;
    }
    Ok(())
}
