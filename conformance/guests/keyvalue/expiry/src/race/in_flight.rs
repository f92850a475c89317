use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.expiry.in-flight",
    title: "64 calls of remaining in flight through one handle each tell the life of their own key",
    clauses: ["TYP-CALL-2", "KV-REMAINING-1", "KV-REMAINING-2", "KV-SETEXP-1"],
    requires: ["kv.expiry"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    let keys: Vec<String> = (0..64).map(|number| format!("key-{number}")).collect();
    // One in three ends, one is permanent, one is absent.
    let ending = keys.iter().step_by(3);
    let sets = ending.map(|key| expiry::set_expiring(&store, key, b"ends", hour));
    for set in together(sets).await {
        cx.ok(set)?;
    }
    let permanent = keys.iter().skip(1).step_by(3);
    for set in together(permanent.map(|key| store.set(key, b"stays"))).await {
        cx.ok(set)?;
    }
    let rests = together(keys.iter().map(|key| expiry::remaining(&store, key))).await;
    for (number, rest) in rests.into_iter().enumerate() {
        let rest = cx
            .check("TYP-CALL-2", "remaining beside 63 others")
            .ok(rest)?;
        let (clause, right) = match number % 3 {
            0 => (
                "KV-SETEXP-1",
                matches!(rest, Some(Lifetime::Remaining(1..))),
            ),
            1 => ("KV-REMAINING-2", matches!(rest, Some(Lifetime::Permanent))),
            _ => ("KV-REMAINING-1", rest.is_none()),
        };
        cx.check(clause, "look at what 64 calls at a time returned")
            .that(right, "the life of its own key", &rest)?;
    }
    Ok(())
}
