use conformance_kit::prelude::*;

case! {
    actors: 3,
    id: "kv.calls.dropped-settles",
    title: "keys whose writers drop their calls hold whole values to everybody",
    clauses: ["TYP-CALL-1", "KV-VALUE-4"],
    timeout_s: 30,
}

fn value(index: u32, round: u32) -> Vec<u8> {
    let length = 9_000 + 1_000 * index as usize;
    vec![b'a' + (index * 8 + round % 8) as u8; length]
}

fn whole(seen: &[u8]) -> bool {
    (0..3).any(|index| (0..8).any(|round| seen == value(index, round)))
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("key", &value(0, 0)).await)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    for round in 0..12 {
        let value = value(index, round);
        drop(begin(store.set("key", &value)).await);
        let check = cx.check("KV-VALUE-4", "get while writers drop their calls");
        let seen = check.some(store.get("key").await)?;
        check.that(whole(&seen), "the value of one writer", &seen)?;
        if round % 4 == 3 {
            cx.check("TYP-CALL-1", "set after sets were dropped")
                .ok(store.set("key", &value).await)?;
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let check = cx.check("TYP-CALL-1", "get after all writers ended");
    let last = check.some(store.get("key").await)?;
    check.that(whole(&last), "the value of one writer", &last)
}
