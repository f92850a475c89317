use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    /// Each sum has to be the one before it plus the caller's delta: the numbers
    /// from which the callers came and those to which they came are the same
    /// ones, but for the start and the end.
    actors: 6,
    id: "kv.counters.race.mixed-deltas",
    title: "the sums of instances that add different numbers form one chain",
    clauses: ["KV-INCR-8", "KV-INCR-9"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

const EACH: usize = 20;
const START: i64 = 1_000_000_007;

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("counter", START.to_string().as_bytes()).await)
}

async fn actor(cx: &Context, _index: u32) -> Observations {
    let store = cx.store().await?;
    let mut seen = Vec::new();
    for _ in 0..EACH {
        let delta = cx.random() as i64 >> 20;
        let sum = increment(&store, "counter", delta).await;
        let sum = cx.check("KV-INCR-8", "increment while others do").ok(sum)?;
        seen.push(format!("{delta} {sum}"));
    }
    Ok(seen)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let mut total = START;
    let (mut from, mut to) = (Vec::new(), vec![START]);
    for text in seen.iter().flatten() {
        let mut numbers = text
            .split(' ')
            .map(|number| number.parse::<i64>().unwrap_or(0));
        let (delta, sum) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        total += delta;
        from.push(sum.wrapping_sub(delta));
        to.push(sum);
    }
    cx.check("KV-INCR-8", "get after all increments")
        .value(store.get("counter").await, total.to_string().as_bytes())?;
    from.push(total);
    from.sort_unstable();
    to.sort_unstable();
    cx.check("KV-INCR-9", "compare each sum with the one it was added to")
        .equal(from, to)
}
