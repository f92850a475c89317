use conformance_kit::prelude::*;

case! {
    /// The functions take turns in being the first to read after a write.
    id: "kv.session.every-function",
    title: "every function that reads sees the session's latest write at once",
    clauses: ["KV-SESSION-1", "KV-SESSION-3"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("beside", b"").await)?;
    for round in 0..48 {
        // Created, overwritten, deleted.
        let value = (round % 3 < 2).then(|| cx.random_bytes(30));
        match &value {
            Some(value) => cx.ok(store.set("key", value).await)?,
            None => cx.ok(store.delete("key").await)?,
        }
        for turn in 0..4 {
            reads(cx, &store, (round / 3 + turn) % 4, value.as_deref()).await?;
        }
    }
    Ok(())
}

async fn reads(cx: &Context, store: &Store, function: usize, value: Option<&[u8]>) -> Outcome {
    let all: &[&str] = match value {
        Some(_) => &["beside", "key"],
        None => &["beside"],
    };
    let check = |message| cx.check("KV-SESSION-3", message);
    match function {
        0 => cx
            .check("KV-SESSION-1", "get after a write")
            .returns(store.get("key").await, value.map(<[u8]>::to_vec)),
        1 => check("exists after a write").returns(store.exists("key").await, value.is_some()),
        2 => check("list after a write").keys(&cx.all_keys(store, "", None).await?, all),
        _ => {
            let (streamed, end) = store.keys("").collect().await;
            cx.ok(end)?;
            check("keys after a write").keys(&streamed, all)
        }
    }
}
