use conformance_kit::prelude::*;

case! {
    id: "kv.open.unknown",
    title: "a name without a store that is not granted is refused like any other",
    clauses: ["KV-OPEN-1"],
}

async fn run(cx: &Context) -> Outcome {
    let unknown = &cx.names().unknown;
    cx.check(
        "KV-OPEN-1",
        "open a name that is neither granted nor that of a store",
    )
    .fails(keyvalue::open(unknown).await, Kind::AccessDenied)?;
    let _store = cx.store().await?;
    cx.check("KV-OPEN-1", "open it again while a store is open")
        .fails(keyvalue::open(unknown).await, Kind::AccessDenied)
}
