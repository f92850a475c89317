use conformance_kit::prelude::*;

use crate::support::big_value;

case! {
    id: "kv.value.size-max-plus-1",
    title: "a value that is a byte too long is refused and changes nothing",
    clauses: ["KV-VALUE-2", "TYP-ERR-6"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = cx.small_limit("kv.value.max-bytes")? else {
        return Ok(());
    };
    let value = big_value(cx, limit + 1);
    let old = cx.random_bytes(100);
    cx.ok(store.set("old", &old).await)?;
    for key in ["old", "new"] {
        cx.check("KV-VALUE-2", "set of a value that is a byte too long")
            .fails(store.set(key, &value).await, Kind::TooLarge(limit as u64))?;
    }
    let check = |message| cx.check("TYP-ERR-6", message);
    check("get of the value that a refused one would have replaced")
        .value(store.get("old").await, &old)?;
    check("get of a key that a refused value would have created").none(store.get("new").await)?;
    check("exists of a key that a refused value would have created")
        .returns(store.exists("new").await, false)?;
    check("list after values were refused").keys(&cx.all_keys(&store, "", None).await?, &["old"])
}
