use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    actors: 8,
    id: "kv.counters.race.creation",
    title: "of instances that create one counter none begins it anew",
    clauses: ["KV-INCR-2", "KV-INCR-8", "KV-INCR-9"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

const ACTORS: usize = 8;
const KEYS: usize = 24;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

/// Adds once to each counter; its delta is a bit of its own. Each starts elsewhere:
/// in one order, the first would create all of them.
async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    cx.meet("begun", index).await?;
    let mut sums = vec![String::new(); KEYS];
    let first = index as usize * (KEYS / ACTORS);
    for number in (0..KEYS).map(|number| (first + number) % KEYS) {
        let sum = increment(&store, &format!("key-{number}"), 1 << index).await;
        let sum = cx
            .check("KV-INCR-2", "increment while others create")
            .ok(sum)?;
        cx.check("KV-INCR-9", "look for the own delta in the sum")
            .that(sum & (1 << index) != 0, "a sum with its bit", &sum)?;
        sums[number] = sum.to_string();
    }
    Ok(sums)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let all = (1_u64 << seen.len()) - 1;
    for number in 0..KEYS {
        cx.check("KV-INCR-8", "get of a counter that all instances created")
            .value(
                store.get(&format!("key-{number}")).await,
                all.to_string().as_bytes(),
            )?;
        let mut sums: Vec<&str> = seen.iter().map(|sums| sums[number].as_str()).collect();
        sums.sort_unstable();
        sums.dedup();
        cx.check("KV-INCR-9", "count the different sums of a counter")
            .equal(sums.len(), seen.len())?;
    }
    Ok(())
}
