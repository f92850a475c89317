use conformance_kit::prelude::*;
use keyvalue::counters::increment;
use keyvalue::expiry;

case! {
    id: "kv.expiry.increment-keeps",
    title: "increments, many of them and also by zero, leave the lifetime of a counter",
    clauses: ["KV-EXPIRY-5", "KV-EXPIRY-1", "KV-EXPIRY-2", "KV-REMAINING-3"],
    requires: ["kv.counters", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let long = cx
        .expiring(&store, "long", b"9", limits.ttl(3_600_000))
        .await?;
    for (delta, sum) in [(1, 10), (0, 10), (-11, -1), (1, 0)] {
        cx.ok(increment(&store, "long", delta).await)?;
        let present = cx
            .check_lifetime("KV-EXPIRY-5", &store, "long", &long)
            .await?;
        cx.check("KV-EXPIRY-5", "look for a counter with an end")
            .that(present, "present", &present)?;
        cx.check("KV-EXPIRY-5", "get of a counter with an end")
            .value(store.get("long").await, sum.to_string().as_bytes())?;
    }
    let short = cx.expiring(&store, "short", b"100", limits.ttl(60)).await?;
    let mut sum = 100;
    while short.lives(cx.now().await + short.ttl / 4) {
        sum += 1;
        let returned = cx.ok(increment(&store, "short", 1).await)?;
        let lives = short.lives(cx.now().await);
        if returned == 1 && !lives {
            // The machine was so slow that the counter ended before the call.
            cx.note("ended while it was added to");
            return Ok(());
        }
        cx.check("KV-EXPIRY-5", "increment of a counter with an end")
            .equal(returned, sum)?;
        if lives {
            cx.check_remaining(&store, "short", &short).await?;
        }
        cx.sleep(short.ttl / 20).await;
    }
    cx.watch_end(&short, async || cx.ok(store.exists("short").await))
        .await?;
    cx.check("KV-EXPIRY-5", "remaining of a counter that has ended")
        .none(expiry::remaining(&store, "short").await)
}
