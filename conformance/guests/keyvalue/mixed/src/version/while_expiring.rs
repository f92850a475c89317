use conformance_kit::prelude::*;
use keyvalue::{cas, expiry};

case! {
    /// A service may make its version out of all that it keeps of a key.
    id: "kv.version.while-expiring",
    title: "the version of a key stays while its life runs down",
    clauses: ["TYP-VER-2", "KV-SWAP-2"],
    requires: ["kv.cas", "kv.expiry"],
    lane: Lane::Slow,
}

/// More than a second, in which many services count what is left.
const PASSES: Duration = Duration::from_millis(1_100);

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    cx.ok(expiry::set_expiring(&store, "key", b"value", hour).await)?;
    let version = cx.version(&store, "key").await?;
    cx.sleep(PASSES).await;
    cx.check("TYP-VER-2", "version while the time to live runs")
        .equal(&cx.version(&store, "key").await?, &version)?;
    cx.check("KV-SWAP-2", "swap by the version of a second ago")
        .ok(cas::swap(&store, "key", b"new", &version).await)
        .map(drop)
}
