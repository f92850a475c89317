use conformance_kit::prelude::*;

case! {
    id: "kv.calls.in-flight-deletes",
    title: "64 deletes, and 64 questions, in flight take effect each on its own key",
    clauses: ["TYP-CALL-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..128).map(|at| format!("key-{at}")).collect();
    for half in keys.chunks(64) {
        for written in together(half.iter().map(|key| store.set(key, b"value"))).await {
            cx.check("TYP-CALL-2", "64 sets at a time").ok(written)?;
        }
    }
    for deleted in together(keys.iter().step_by(2).map(|key| store.delete(key))).await {
        cx.check("TYP-CALL-2", "64 deletes at a time").ok(deleted)?;
    }
    for (half, first) in keys.chunks(64).zip([0, 64]) {
        let found = together(half.iter().map(|key| store.exists(key))).await;
        for (at, found) in (first..).zip(found) {
            cx.check(
                "TYP-CALL-2",
                "64 exists at a time after every second key was deleted",
            )
            .returns(found, at % 2 == 1)?;
        }
    }
    Ok(())
}
