use conformance_kit::prelude::*;

use crate::support::key_limit;

case! {
    id: "kv.calls.in-flight-errors",
    title: "refused calls in flight do not disturb the others, nor take their answers",
    clauses: ["TYP-CALL-2", "TYP-ERR-6"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limit = key_limit(cx)?;
    let long = cx.random_text(limit.map_or(9, |limit| limit + 1));
    let key = |at: usize| match at % 4 {
        0 => String::new(),
        2 => long.clone(),
        _ => format!("key-{at}"),
    };
    let keys: Vec<String> = (0..64).map(key).collect();
    let sets = together(keys.iter().map(|key| store.set(key, key.as_bytes()))).await;
    let gets = together(keys.iter().map(|key| store.get(key))).await;
    for (at, ((key, set), get)) in keys.iter().zip(sets).zip(gets).enumerate() {
        let check = || cx.check("TYP-CALL-2", "one of 64 calls, half of them refused");
        match (at % 4, limit) {
            (0, _) => {
                check().fails(set, Kind::InvalidArgument)?;
                check().fails(get, Kind::InvalidArgument)?;
            }
            (2, Some(limit)) => {
                check().fails(set, Kind::TooLarge(limit as u64))?;
                check().fails(get, Kind::TooLarge(limit as u64))?;
            }
            _ => {
                check().ok(set)?;
                check().value(get, key.as_bytes())?;
            }
        }
    }
    let valid: Vec<&String> = keys.iter().filter(|key| key.starts_with("key-")).collect();
    let listed = cx.all_keys(&store, "key-", None).await?;
    cx.check("TYP-ERR-6", "list after half of 64 sets were refused")
        .keys(&listed, &valid)
}
