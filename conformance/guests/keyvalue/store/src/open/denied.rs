use conformance_kit::prelude::*;

case! {
    id: "kv.open.denied",
    title: "the name of an existing store that is not granted is refused",
    clauses: ["KV-OPEN-1"],
}

async fn run(cx: &Context) -> Outcome {
    let denied = &cx.names().denied;
    cx.check("KV-OPEN-1", "open an existing store that is not granted")
        .fails(keyvalue::open(denied).await, Kind::AccessDenied)?;
    // The same once something else is open.
    let _store = cx.store().await?;
    cx.check("KV-OPEN-1", "open it again while a store is open")
        .fails(keyvalue::open(denied).await, Kind::AccessDenied)
}
