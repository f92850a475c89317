use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    id: "kv.cas.stale-large",
    title: "stale brings the whole of a large value",
    clauses: ["KV-SWAP-3", "KV-DELETE-IF-2", "KV-CAS-4"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limit = cx.limit("kv.value.max-bytes")?;
    for wish in [70_000, 1_100_000] {
        let value = cx.random_bytes(limit.min(wish) as usize);
        let version = cx.ok(cas::create(&store, &format!("key-{wish}"), &value).await)?;
        let key = format!("key-{wish}");
        for result in [
            cas::create(&store, &key, b"new").await.map(drop),
            cas::swap(&store, &key, b"new", "not its version")
                .await
                .map(drop),
            cas::delete_if(&store, &key, "not its version").await,
        ]
        .into_iter()
        .zip(["KV-SWAP-3", "KV-SWAP-3", "KV-DELETE-IF-2"])
        {
            let (result, clause) = result;
            let check = cx.check(clause, "a conditional call on a large value");
            let Err(SwapError::Stale(Some(entry))) = result else {
                return Err(check.failed("stale with an entry", "something else"));
            };
            check.bytes(&entry.value, &value)?;
            check.equal(&entry.version, &version)?;
        }
        cx.check("KV-CAS-4", "version after stale calls")
            .equal(cx.version(&store, &key).await?, version)?;
    }
    Ok(())
}
