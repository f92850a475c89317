use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    actors: 5,
    id: "kv.counters.race.readers",
    title: "instances that read a growing counter see canonical numbers that never go back",
    clauses: ["KV-INCR-3", "KV-SESSION-2", "KV-INCR-8"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

const EACH: usize = 20;
/// The sum of three that add 2 each time.
const LAST: u64 = 1 + 6 * EACH as u64;

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    // From nine to ten and from 99 to 100 the text grows.
    cx.ok(store.set("counter", b"1").await)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut last = 0;
    cx.rounds(index, EACH, async |round| {
        if index < 3 {
            if round <= EACH {
                cx.ok(increment(&store, "counter", 2).await)?;
            }
        } else {
            let check = cx.check("KV-INCR-3", "get of a counter while others add");
            let value = check.some(store.get("counter").await)?;
            let text = String::from_utf8_lossy(&value).into_owned();
            let number = text
                .parse::<u64>()
                .ok()
                .filter(|number| number.to_string() == text);
            let number = check.some(Ok::<_, Error>(number))?;
            cx.check("KV-INCR-8", "look at the sum that was read")
                .that(number % 2 == 1 && number <= LAST, "a sum", &number)?;
            cx.check("KV-SESSION-2", "compare with the read before")
                .that(number >= last, "no smaller number", &number)?;
            last = number;
        }
        Ok(())
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    cx.check("KV-INCR-8", "get after all increments")
        .value(store.get("counter").await, LAST.to_string().as_bytes())
}
