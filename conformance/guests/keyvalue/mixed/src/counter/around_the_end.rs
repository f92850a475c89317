use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    /// A number that is read before the end and written after it would make an
    /// ended counter live on.
    id: "kv.counters.at-the-end",
    title: "an increment around the end of a counter either adds to it, and it ends, or begins anew, to stay",
    clauses: ["KV-EXPIRY-5", "KV-INCR-2", "KV-EXPIRY-6"],
    requires: ["kv.counters", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

const KEYS: u64 = 8;
/// From the end of one key to that of the next, in milliseconds: time for the
/// calls around it.
const APART: u64 = 15;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let keys: Vec<String> = (0..KEYS).map(|n| format!("key-{n}")).collect();
    let mut spans = Vec::new();
    for (key, place) in keys.iter().zip(0..) {
        let ttl = limits.ttl(40 + APART * place);
        spans.push(cx.expiring(&store, key, b"41", ttl).await?);
    }
    let (mut ending, mut staying) = (Vec::new(), Vec::new());
    for (place, (key, span)) in keys.iter().zip(&spans).enumerate() {
        while cx.now().await + Duration::from_millis(2) < span.before + span.ttl {}
        loop {
            match cx.ok(increment(&store, key, 1).await)? {
                1 => break staying.push(key),
                sum => {
                    let check = cx.check("KV-EXPIRY-5", "increment around the end");
                    check.that(sum > 41, "a sum of 42 or more, or 1", &sum)?;
                }
            }
            // Every other key is left alone after its first sum.
            if place % 2 == 1 || cx.now().await > span.last() {
                break ending.push(key);
            }
        }
    }
    for span in &spans {
        cx.sleep_past(span).await;
    }
    for value in together(ending.iter().map(|key| store.get(key))).await {
        cx.check(
            "KV-EXPIRY-5",
            "get of a counter that was added to before its end",
        )
        .none(value)?;
    }
    for value in together(staying.iter().map(|key| store.get(key))).await {
        cx.check("KV-INCR-2", "get of a counter that began anew")
            .value(value, b"1")?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.note(format!(
        "{} ended, {} began anew",
        ending.len(),
        staying.len()
    ));
    cx.check("KV-EXPIRY-6", "list the counters that began anew")
        .keys(&listed, &staying)
}
