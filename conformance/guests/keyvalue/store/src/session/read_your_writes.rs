use conformance_kit::prelude::*;

case! {
    id: "kv.session.read-your-writes",
    title: "a session never reads what was before its own latest write",
    clauses: ["KV-SESSION-1"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = ["a", "b", "c"];
    for round in 0..200_usize {
        let key = keys[round % 3];
        let value = format!("{round}-{}", cx.random());
        cx.ok(store.set(key, value.as_bytes()).await)?;
        cx.check("KV-SESSION-1", &format!("get after write {round}"))
            .value(store.get(key).await, value.as_bytes())?;
    }
    Ok(())
}
