use conformance_kit::prelude::*;

use crate::support::key_limit;

case! {
    id: "kv.error.own-case",
    title: "conditions with a case of their own are reported by it, each time the same",
    clauses: ["TYP-ERR-1"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let store = cx.store().await?;
    let check = |message| cx.check("TYP-ERR-1", message);
    let limit = key_limit(cx)?;
    for _ in 0..2 {
        check("open a granted name without a store")
            .fails(keyvalue::open(&names.absent).await, Kind::NotFound)?;
        check("open a name that is not granted")
            .fails(keyvalue::open(&names.denied).await, Kind::AccessDenied)?;
        check("set of the empty key").fails(store.set("", b"a").await, Kind::InvalidArgument)?;
        check("list with a cursor that is none")
            .fails(store.list("", Some("a"), None).await, Kind::InvalidArgument)?;
        check("list with a page size of zero")
            .fails(store.list("", None, Some(0)).await, Kind::InvalidArgument)?;
        let Some(limit) = limit else { continue };
        let long = cx.random_text(limit + 1);
        let refusal = Kind::TooLarge(limit as u64);
        check("get of a key that is too long").fails(store.get(&long).await, refusal)?;
        check("set of a key that is too long").fails(store.set(&long, b"").await, refusal)?;
        check("list of a prefix that is too long")
            .fails(store.list(&long, None, None).await, refusal)?;
    }
    Ok(())
}
