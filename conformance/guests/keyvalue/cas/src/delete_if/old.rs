use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.delete-if.old",
    title: "delete-if by any earlier version of a key leaves it, also if the bytes are the same again",
    clauses: ["KV-DELETE-IF-2", "KV-CAS-3", "KV-CAS-4", "TYP-VER-1"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut old = Vec::new();
    for round in 0..3 {
        old.push(cx.ok(cas::create(&store, "key", b"same").await)?);
        cx.ok(store.set("key", b"same").await)?;
        old.push(cx.version(&store, "key").await?);
        cx.ok(store.set("key", b"other").await)?;
        old.push(cx.version(&store, "key").await?);
        cx.ok(store.set("key", b"same").await)?;
        let last = cx.version(&store, "key").await?;
        for version in &old {
            cx.check("TYP-VER-1", "compare with an earlier version")
                .that(*version != last, "another version", version)?;
            let stale = cas::delete_if(&store, "key", version).await;
            cx.check("KV-DELETE-IF-2", "delete-if by an earlier version")
                .stale(stale, Some(b"same"))?;
        }
        cx.check("KV-CAS-4", "get after stale calls")
            .value(store.get("key").await, b"same")?;
        if round == 1 {
            cx.ok(store.delete("key").await)?;
        } else {
            cx.check("KV-CAS-3", "delete-if by the last version")
                .ok(cas::delete_if(&store, "key", &last).await)?;
        }
        old.push(last);
    }
    Ok(())
}
