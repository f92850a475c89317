use conformance_kit::prelude::*;

use crate::support::key_limit;

case! {
    /// What shortens a key instead of refusing it meets the key that is the
    /// beginning of both.
    id: "kv.key.truncation",
    title: "refused keys do not touch the longest key with which they begin",
    clauses: ["KV-KEY-5", "TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = key_limit(cx)? else {
        return Ok(());
    };
    let longest = cx.random_text(limit);
    let over = ["a", "b", "é", "\0"].map(|end| [&longest, end].concat());
    for present in [false, true] {
        if present {
            cx.ok(store.set(&longest, b"kept").await)?;
        }
        for key in &over {
            let refusal = Kind::TooLarge(limit as u64);
            cx.check("KV-KEY-5", "set of a key that is too long")
                .fails(store.set(key, b"lost").await, refusal)?;
            cx.check("KV-KEY-5", "delete of a key that is too long")
                .fails(store.delete(key).await, refusal)?;
            cx.check("KV-KEY-5", "get of a key that is too long")
                .fails(store.get(key).await, refusal)?;
        }
        let check = || cx.check("TYP-ERR-6", "read the beginning of the refused keys");
        let expected = present.then(|| b"kept".to_vec());
        check().returns(store.get(&longest).await, expected)?;
        check().returns(store.exists(&longest).await, present)?;
        let expected: &[&str] = if present { &[&longest] } else { &[] };
        check().keys(&cx.all_keys(&store, "", None).await?, expected)?;
    }
    Ok(())
}
