use conformance_kit::prelude::*;

use crate::support::key_limit;

case! {
    id: "kv.key.len-max-plus-1",
    title: "every function that takes a key refuses one that is a byte too long",
    clauses: ["KV-KEY-5"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = key_limit(cx)? else {
        return Ok(());
    };
    let refusal = || Kind::TooLarge(limit as u64);
    for over in [1, 2, limit] {
        let key = cx.random_text(limit + over);
        let message = |function: &str| format!("{function} of a key that is {over} bytes too long");
        cx.check("KV-KEY-5", &message("get"))
            .fails(store.get(&key).await, refusal())?;
        cx.check("KV-KEY-5", &message("exists"))
            .fails(store.exists(&key).await, refusal())?;
        cx.check("KV-KEY-5", &message("delete"))
            .fails(store.delete(&key).await, refusal())?;
        cx.check("KV-KEY-5", &message("set"))
            .fails(store.set(&key, b"value").await, refusal())?;
        cx.check("KV-KEY-5", &message("set to zero bytes"))
            .fails(store.set(&key, b"").await, refusal())?;
    }
    Ok(())
}
