use conformance_kit::prelude::*;

case! {
    actors: 2,
    id: "kv.open.creates-nothing-for-others",
    title: "a store that one instance asked for in vain is absent to others",
    clauses: ["KV-OPEN-2", "KV-OPEN-4"],
}

async fn refused(cx: &Context, message: &str) -> Outcome {
    let names = cx.names();
    cx.check("KV-OPEN-4", message)
        .fails(keyvalue::open(&names.absent).await, Kind::NotFound)
}

async fn prepare(cx: &Context) -> Outcome {
    refused(cx, "open a granted name without a store").await
}

async fn actor(cx: &Context, _index: u32) -> Observations {
    refused(cx, "open a name that another instance asked for").await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let absent = &cx.names().absent;
    cx.check("KV-OPEN-2", "open a name that several instances asked for")
        .fails(keyvalue::open(absent).await, Kind::NotFound)
}
