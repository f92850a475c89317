use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    /// Not the values are compared: who finds what he would write has not written.
    id: "kv.cas.same-value-there",
    title: "a swap in the wrong state is stale also where the key has the very value that it would write",
    clauses: ["KV-SWAP-3", "KV-CAS-4"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for value in [&b"value"[..], b"", b"0"] {
        let key = cx.random_text(10);
        let old = cx.ok(cas::create(&store, &key, b"before").await)?;
        cx.ok(store.set(&key, value).await)?;
        let version = cx.version(&store, &key).await?;
        let check = cx.check("KV-SWAP-3", "swap to the value that is there");
        check.stale(cas::create(&store, &key, value).await, Some(value))?;
        check.stale(cas::swap(&store, &key, value, &old).await, Some(value))?;
        check.stale(cas::swap(&store, &key, value, "").await, Some(value))?;
        cx.check("KV-CAS-4", "version after stale swaps")
            .equal(cx.version(&store, &key).await?, version)?;
    }
    Ok(())
}
