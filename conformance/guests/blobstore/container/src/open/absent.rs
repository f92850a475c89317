use conformance_kit::prelude::*;

case! {
    id: "blob.open.absent",
    title: "a granted name without a container is not found",
    clauses: ["BLOB-OPEN-2"],
}

async fn run(cx: &Context) -> Outcome {
    let absent = &cx.names().absent;
    cx.check("BLOB-OPEN-2", "open a granted name without a container")
        .fails(blobstore::open(absent).await, Kind::NotFound)?;
    // The same once something else is open.
    let _container = cx.container().await?;
    cx.check("BLOB-OPEN-2", "open it again while a container is open")
        .fails(blobstore::open(absent).await, Kind::NotFound)
}
