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

const EACH: u64 = 20;

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    // From nine to ten and from 99 to 100 the text grows.
    cx.ok(store.set("counter", b"1").await)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut last = 0;
    for _ in 0..EACH {
        if index < 3 {
            cx.ok(increment(&store, "counter", 2).await)?;
        } else {
            let check = cx.check("KV-INCR-3", "get of a counter while others add");
            let value = check.some(store.get("counter").await)?;
            let text = String::from_utf8_lossy(&value).into_owned();
            let number = text
                .parse::<u64>()
                .ok()
                .filter(|number| number.to_string() == text);
            let number = check.some(Ok::<_, Error>(number))?;
            check.that(number % 2 == 1 && number <= 1 + 6 * EACH, "a sum", &number)?;
            cx.check("KV-SESSION-2", "compare with the read before")
                .that(number >= last, "no smaller number", &number)?;
            last = number;
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    cx.check("KV-INCR-8", "get after all increments").value(
        store.get("counter").await,
        (1 + 6 * EACH).to_string().as_bytes(),
    )
}
