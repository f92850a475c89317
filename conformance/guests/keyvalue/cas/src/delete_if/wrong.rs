use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.delete-if.conflict",
    title: "delete-if by another version returns the present entry and removes nothing",
    clauses: ["KV-DELETE-IF-2", "KV-CAS-4", "TYP-VER-2"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for length in [0, 1, 24_576] {
        let key = cx.random_text(9);
        let old = cx.ok(cas::create(&store, &key, b"old").await)?;
        let value = cx.random_bytes(length);
        let newer = cx.ok(cas::swap(&store, &key, &value, &old).await)?;
        let entry = cx
            .check("KV-DELETE-IF-2", "delete-if by the version before a swap")
            .stale(cas::delete_if(&store, &key, &old).await, Some(&value))?;
        let version = entry.map(|entry| entry.version);
        cx.check("KV-DELETE-IF-2", "compare the version of the stale entry")
            .equal(version.as_ref(), Some(&newer))?;
        cx.check("KV-CAS-4", "get after a stale delete-if")
            .value(store.get(&key).await, &value)?;
        cx.check("TYP-VER-2", "version after a stale delete-if")
            .equal(cx.version(&store, &key).await?, newer)?;
        let listed = cx.all_keys(&store, &key, None).await?;
        cx.check("KV-CAS-4", "list after a stale delete-if")
            .keys(&listed, &[&key])?;
    }
    Ok(())
}
