use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    /// Where the text gets shorter, a rest of the longer one must not stay.
    id: "kv.counters.digits",
    title: "the text of a counter has no more signs than its number needs",
    clauses: ["KV-INCR-1", "KV-INCR-3"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut power = 1_i64;
    let mut numbers = Vec::new();
    for _ in 0..19 {
        numbers.extend([power - 1, power, power - 1, -power, 1 - power, -power]);
        power = power.saturating_mul(10);
    }
    let mut held = 0_i64;
    for chunk in numbers.chunks(3) {
        for number in chunk {
            let returned = increment(&store, "counter", number - held).await;
            held = *number;
            cx.check("KV-INCR-1", "increment across a power of ten")
                .returns(returned, held)?;
        }
        cx.check("KV-INCR-3", "get after increment")
            .value(store.get("counter").await, held.to_string().as_bytes())?;
    }
    Ok(())
}
