use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.key.limits",
    title: "increment refuses the empty key and one beyond the limit, before it looks at the store",
    clauses: ["KV-KEY-4", "KV-KEY-5", "TYP-ERR-6"],
    requires: ["kv.counters"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for delta in [0, 1, i64::MIN] {
        cx.check("KV-KEY-4", "increment of the empty key")
            .fails(increment(&store, "", delta).await, Kind::InvalidArgument)?;
    }
    if let Some(limit) = cx.small_limit("kv.key.max-bytes")? {
        // What a provider that cuts keys would find: a text, and a full counter.
        let longest = cx.random_text(limit);
        let full = "m".repeat(limit);
        cx.ok(store.set(&longest, b"text").await)?;
        cx.ok(increment(&store, &full, i64::MAX).await)?;
        let bytes = "\u{e9}".repeat(limit / 2 + 1);
        for key in [&[&longest, "x"].concat(), &[&full, "m"].concat(), &bytes] {
            cx.check("KV-KEY-5", "increment of a key beyond the limit")
                .fails(
                    increment(&store, key, 1).await,
                    Kind::TooLarge(limit as u64),
                )?;
        }
        cx.check("TYP-ERR-6", "get after refused calls")
            .value(store.get(&longest).await, b"text")?;
        let listed = cx.all_keys(&store, "", None).await?;
        cx.check("TYP-ERR-6", "list after refused calls")
            .keys(&listed, &[longest, full])?;
    }
    Ok(())
}
