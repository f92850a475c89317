use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.key.empty",
    title: "every function of cas refuses the empty key",
    clauses: ["KV-KEY-4", "TYP-ERR-6"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let version = cx.ok(cas::create(&store, "key", b"value").await)?;
    let check = cx.check("KV-KEY-4", "call with the empty key");
    check.fails(cas::current(&store, "").await, Kind::InvalidArgument)?;
    check.fails(cas::create(&store, "", b"new").await, Kind::InvalidArgument)?;
    check.fails(cas::create(&store, "", b"").await, Kind::InvalidArgument)?;
    for version in [&version, "", "unknown"] {
        check.fails(
            cas::swap(&store, "", b"new", version).await,
            Kind::InvalidArgument,
        )?;
        check.fails(
            cas::delete_if(&store, "", version).await,
            Kind::InvalidArgument,
        )?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("TYP-ERR-6", "list after refused calls")
        .keys(&listed, &["key"])
}
