use crate::writers::{END, Rounds, Writer, number, parse};
use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    /// One instance writes, the others delete by the version that they saw. What
    /// the writer finds gone has to be what one of them saw.
    actors: 4,
    id: "kv.cas.race.delete-if-overtaken",
    title: "a delete-if removes the state that it expects, never one that another instance wrote since",
    clauses: ["KV-CAS-1"],
    requires: ["kv.cas", "kv.batch", "kv.counters", "kv.expiry"],
    timeout_s: 60,
}

const WRITERS: [Writer; 5] = [
    Writer::Set,
    Writer::SetMany,
    Writer::SetExpiring,
    Writer::Swap,
    Writer::Increment,
];

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut seen = Vec::new();
    for writer in WRITERS {
        let key = writer.key();
        cx.meet(key, index).await?;
        let mut rounds = Rounds::start(cx).await;
        if index == 0 {
            let mut all = 0;
            while let Some(round) = rounds.next(cx).await {
                let number = round * round;
                all += number;
                let wrote = writer.write(cx, &store, number).await?;
                let gone = cx.ok(store.get(key).await)?.is_none();
                // A sum is known only where it began anew.
                if wrote && gone && writer != Writer::Increment {
                    seen.push(format!("{key} {number}"));
                }
            }
            // The last sum has to stay: it counts.
            if writer == Writer::Increment {
                seen.push(all.to_string());
            } else {
                cx.ok(store.set(key, END).await)?;
            }
            continue;
        }
        while rounds.next(cx).await.is_some() {
            let Some(entry) = cx.ok(cas::current(&store, key).await)? else {
                continue;
            };
            if entry.value == END {
                break;
            }
            match cas::delete_if(&store, key, &entry.version).await {
                Ok(()) => seen.push(format!("{key} {}", String::from_utf8_lossy(&entry.value))),
                Err(SwapError::Stale(_)) => {}
                Err(error) => cx.ok(Err(error))?,
            }
        }
    }
    Ok(seen)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let deleted = seen[1..].concat();
    let (all, found) = seen[0]
        .split_last()
        .map_or((0, &[][..]), |(all, found)| (parse(all.as_bytes()), found));
    for gone in found {
        cx.check("KV-CAS-1", "look who deleted what a writer found gone")
            .that(deleted.contains(gone), "an instance that saw it", gone)?;
    }
    // What was added is what was deleted, sum by sum, and what is left.
    let store = cx.store().await?;
    let key = Writer::Increment.key();
    let start = format!("{key} ");
    let sums = deleted.iter().filter_map(|text| text.strip_prefix(&start));
    let gone: i64 = sums.map(|sum| parse(sum.as_bytes())).sum();
    let left = cx.ok(number(&store, key).await)?.unwrap_or(0);
    cx.check("KV-CAS-1", "add up what was deleted and what is left")
        .equal(gone + left, all)
}
