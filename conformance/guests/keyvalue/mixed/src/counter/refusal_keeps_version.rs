use conformance_kit::prelude::*;
use keyvalue::{cas, counters::increment};

case! {
    id: "kv.counters.refusal.version",
    title: "a refused increment leaves the version of the key",
    clauses: ["KV-INCR-7"],
    requires: ["kv.cas", "kv.counters"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let (most, least) = (i64::MAX.to_string(), i64::MIN.to_string());
    for (key, value, delta, kind) in [
        ("text", &b"text"[..], 1, Kind::WrongType),
        ("empty", b"", 0, Kind::WrongType),
        ("padded", b"05", 1, Kind::WrongType),
        ("most", most.as_bytes(), 1, Kind::OutOfRange),
        ("least", least.as_bytes(), -1, Kind::OutOfRange),
    ] {
        let version = cx.ok(cas::create(&store, key, value).await)?;
        for _ in 0..2 {
            cx.check("KV-INCR-7", "increment that is refused")
                .fails(increment(&store, key, delta).await, kind)?;
        }
        let check = cx.check("KV-INCR-7", "current after refused increments");
        check.equal(
            &check.entry(cas::current(&store, key).await, value)?,
            &version,
        )?;
        let swapped = cas::swap(&store, key, b"new", &version).await;
        cx.check("KV-INCR-7", "swap by the version before refused increments")
            .ok(swapped)?;
    }
    Ok(())
}
