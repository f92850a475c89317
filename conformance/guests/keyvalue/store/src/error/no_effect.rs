use conformance_kit::prelude::*;

use crate::support::key_limit;

case! {
    id: "kv.error.no-effect",
    title: "calls that are refused leave all data as it was",
    clauses: ["TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let key_limit = key_limit(cx)?;
    let long = cx.random_text(key_limit.unwrap_or_default() + 1);
    let value = cx.random_bytes(300);
    // Keys that a refused call may have been about, made shorter or not at all.
    let mut keys = vec![
        "key".to_owned(),
        "(empty)".to_owned(),
        " ".to_owned(),
        "\0".to_owned(),
    ];
    keys.push(long[..long.len().min(255)].to_owned());
    keys.retain(|key| !key.is_empty());
    for key in &keys {
        cx.ok(store.set(key, &value).await)?;
    }
    // Each of them fails; which error it is, other cases say.
    let mut refused = vec![
        store.set("", b"lost").await.is_err(),
        store.delete("").await.is_err(),
        store.get("").await.is_err(),
        store.list("", Some("none"), None).await.is_err(),
        store.list("", None, Some(0)).await.is_err(),
    ];
    if key_limit.is_some() {
        refused.push(store.set(&long, b"lost").await.is_err());
        refused.push(store.delete(&long).await.is_err());
        refused.push(store.exists(&long).await.is_err());
    }
    let check = |message| cx.check("TYP-ERR-6", message);
    let count = refused.iter().filter(|refused| **refused).count();
    check("make calls with arguments that are not acceptable").equal(count, refused.len())?;
    for key in &keys {
        check("get after calls were refused").value(store.get(key).await, &value)?;
    }
    check("list after calls were refused").keys(&cx.all_keys(&store, "", None).await?, &keys)
}
