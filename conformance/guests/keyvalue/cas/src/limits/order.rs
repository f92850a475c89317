use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.order-of-checks",
    title: "where several arguments are wrong, the first in the order of the parameters decides",
    clauses: ["TYP-ERR-8"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let first = cx.check("TYP-ERR-8", "call with several wrong arguments");
    let key_limit = cx.small_limit("kv.key.max-bytes")?;
    if let Some(limit) = key_limit {
        let long = "k".repeat(limit + 1);
        // An argument that is wrong in itself comes before one that is wrong
        // for what is stored.
        let too_large = Kind::TooLarge(limit as u64);
        first.fails(cas::swap(&store, &long, b"", "unknown").await, too_large)?;
        first.fails(cas::delete_if(&store, &long, "unknown").await, too_large)?;
    }
    first.fails(
        cas::swap(&store, "", b"", "unknown").await,
        Kind::InvalidArgument,
    )?;
    let Some(limit) = cx.small_limit("kv.value.max-bytes")? else {
        return Ok(());
    };
    let large = vec![0; limit + 1];
    first.fails(cas::create(&store, "", &large).await, Kind::InvalidArgument)?;
    first.fails(
        cas::swap(&store, "absent", &large, "unknown").await,
        Kind::TooLarge(limit as u64),
    )?;
    if let Some(keys) = key_limit {
        let long = "k".repeat(keys + 1);
        first.fails(
            cas::create(&store, &long, &large).await,
            Kind::TooLarge(keys as u64),
        )?;
    }
    Ok(())
}
