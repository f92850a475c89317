use conformance_kit::prelude::*;

case! {
    actors: 3,
    id: "blob.open.creates-nothing.instances",
    title: "a container that one instance asked for in vain is absent for others too",
    clauses: ["BLOB-OPEN-2", "BLOB-OPEN-4"],
}

async fn ask(cx: &Context) -> Outcome {
    let message = "open a name that instances asked for in vain";
    cx.check("BLOB-OPEN-4", message)
        .fails(blobstore::open(&cx.names().absent).await, Kind::NotFound)
}

async fn prepare(cx: &Context) -> Outcome {
    ask(cx).await
}

async fn actor(cx: &Context, _index: u32) -> Observations {
    ask(cx).await?;
    ask(cx).await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    ask(cx).await
}
