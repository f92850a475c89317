use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    /// What compares values in place of versions cannot tell that A, B, A is not
    /// A.
    id: "kv.cas.aba",
    title: "a key that was changed and changed back does not have the version it had",
    clauses: ["TYP-VER-1", "KV-CAS-3", "KV-SWAP-3", "KV-CAS-4"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let large = cx.random_bytes(3000);
    for value in [&b""[..], b"A", &large] {
        let key = format!("key-{}", value.len());
        let first = cx.ok(cas::create(&store, &key, value).await)?;
        cx.ok(store.set(&key, b"B").await)?;
        let between = cx.version(&store, &key).await?;
        cx.ok(store.set(&key, value).await)?;
        let stale = cas::swap(&store, &key, b"lost", &first).await;
        cx.check("KV-SWAP-3", "swap by the version before two sets")
            .stale(stale, Some(value))?;
        // The same with swaps in place of sets.
        let second = cx.version(&store, &key).await?;
        let third = cx.ok(cas::swap(&store, &key, b"B", &second).await)?;
        let fourth = cx.ok(cas::swap(&store, &key, value, &third).await)?;
        for old in [&first, &between, &second, &third] {
            cx.check("TYP-VER-1", "compare with the versions before")
                .that(*old != fourth, "a version that the key never had", old)?;
            let stale = cas::swap(&store, &key, b"lost", old).await;
            cx.check("KV-CAS-3", "swap by the version before two writes")
                .stale(stale, Some(value))?;
        }
        cx.check("KV-CAS-4", "get after stale swaps")
            .value(store.get(&key).await, value)?;
    }
    Ok(())
}
