use conformance_kit::prelude::*;

case! {
    id: "kv.session.read-your-deletes",
    title: "a session never reads a value that it deleted, nor absence where it wrote",
    clauses: ["KV-SESSION-1"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for round in 0..80 {
        let value = cx.random_bytes(20);
        cx.ok(store.set("key", &value).await)?;
        if round % 3 > 0 {
            let message = format!("get after write {round}");
            cx.check("KV-SESSION-1", &message)
                .value(store.get("key").await, &value)?;
        }
        cx.ok(store.delete("key").await)?;
        let message = format!("read after deletion {round}");
        if round % 2 == 0 {
            cx.check("KV-SESSION-1", &message)
                .none(store.get("key").await)?;
        } else {
            cx.check("KV-SESSION-1", &message)
                .returns(store.exists("key").await, false)?;
        }
    }
    Ok(())
}
