use conformance_kit::prelude::*;
use keyvalue::{batch, cas, counters::increment, expiry};

case! {
    id: "kv.counters.whoever-wrote",
    title: "numbers that other functions wrote are counters, other texts of theirs are not",
    clauses: ["KV-INCR-4", "KV-INCR-5", "KV-INCR-7"],
    requires: ["kv.counters", "kv.cas", "kv.batch", "kv.expiry"],
    timeout_s: 60,
}

async fn write(cx: &Context, store: &keyvalue::Store, how: usize, value: &[u8]) -> Outcome {
    match how {
        0 => {
            let entry = cx.ok(cas::current(store, "key").await)?;
            let swapped = match entry {
                Some(entry) => cas::swap(store, "key", value, &entry.version).await,
                None => cas::create(store, "key", value).await,
            };
            cx.ok(swapped).map(drop)
        }
        1 => cx.ok(batch::set_many(store, &[("key", value), ("other", b"1")]).await),
        _ => {
            let hour = cx.ttl_limits()?.ttl(3_600_000);
            cx.ok(expiry::set_expiring(store, "key", value, hour).await)
        }
    }
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for how in 0..3 {
        for number in [0, -9, i64::MAX - 4, cx.random() as i64 >> 8] {
            write(cx, &store, how, number.to_string().as_bytes()).await?;
            cx.check(
                "KV-INCR-4",
                "increment of a number that another function wrote",
            )
            .returns(increment(&store, "key", 4).await, number + 4)?;
        }
        for value in ["", "07", "text", "1.5", "9223372036854775808"] {
            write(cx, &store, how, value.as_bytes()).await?;
            cx.check(
                "KV-INCR-5",
                "increment of a text that another function wrote",
            )
            .fails(increment(&store, "key", 4).await, Kind::WrongType)?;
            cx.check("KV-INCR-7", "get after a refused increment")
                .value(store.get("key").await, value.as_bytes())?;
        }
    }
    Ok(())
}
