use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    /// Scripts and JSON count in doubles, which are exact up to 2^53 only.
    id: "kv.counters.large",
    title: "sums beyond 32 and 53 bits are exact to the last digit",
    clauses: ["KV-INCR-1", "KV-INCR-3", "KV-INCR-4"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut pairs = vec![
        (i64::from(i32::MAX), 1),
        (i64::from(i32::MIN), -1),
        (i64::from(u32::MAX), 1),
        (1 << 53, 1),
        ((1 << 53) + 1, 2),
        (-(1 << 53), -1),
        (1, (1 << 53) + 1),
        (999_999_999_999_999_999, 1),
        (1_000_000_000_000_000_001, -3),
        (i64::MAX - 2, 1),
        (i64::MIN + 2, -1),
        (i64::MAX, -1),
        (i64::MIN, 1),
        (i64::MIN, i64::MAX),
        (0x7fff_ffff_0000_0000, 0x0000_0000_ffff_fffe),
    ];
    pairs.extend((0..16).map(|_| (cx.random() as i64 >> 1, cx.random() as i64 >> 1)));
    for (place, (number, delta)) in pairs.into_iter().enumerate() {
        let key = format!("key-{place}");
        cx.ok(store.set(&key, number.to_string().as_bytes()).await)?;
        let sum = number + delta;
        cx.check("KV-INCR-4", "increment of a large number")
            .returns(increment(&store, &key, delta).await, sum)?;
        cx.check("KV-INCR-3", "get of a large number")
            .value(store.get(&key).await, sum.to_string().as_bytes())?;
        cx.check("KV-INCR-1", "increment of a large number back")
            .returns(increment(&store, &key, -delta).await, number)?;
    }
    Ok(())
}
