use conformance_kit::prelude::*;

case! {
    id: "kv.error.after-errors",
    title: "a handle works as before after any number of refused calls",
    clauses: ["TYP-ERR-3", "TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let value = cx.random_bytes(64);
    cx.ok(store.set("key", &value).await)?;
    for round in 0..30 {
        let refused = match round % 5 {
            0 => store.set("", &value).await.is_err(),
            1 => store.get("").await.is_err(),
            2 => store.list("", Some("none"), Some(5)).await.is_err(),
            3 => store.list("", None, Some(0)).await.is_err(),
            _ => keyvalue::open(&cx.names().denied).await.is_err(),
        };
        cx.check("TYP-ERR-3", "make a call that is refused")
            .equal(refused, true)?;
        cx.check("TYP-ERR-6", "get after a refused call")
            .value(store.get("key").await, &value)?;
    }
    let next = cx.random_bytes(64);
    cx.check("TYP-ERR-3", "set after refused calls")
        .ok(store.set("key", &next).await)?;
    cx.check("TYP-ERR-3", "get after refused calls")
        .value(store.get("key").await, &next)
}
