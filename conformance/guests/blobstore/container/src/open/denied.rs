use conformance_kit::prelude::*;

case! {
    id: "blob.open.denied",
    title: "the name of an existing container that is not granted is refused",
    clauses: ["BLOB-OPEN-1"],
}

async fn run(cx: &Context) -> Outcome {
    let denied = &cx.names().denied;
    cx.check(
        "BLOB-OPEN-1",
        "open an existing container that is not granted",
    )
    .fails(blobstore::open(denied).await, Kind::AccessDenied)?;
    // The same once something else is open.
    let _container = cx.container().await?;
    cx.check("BLOB-OPEN-1", "open it again while a container is open")
        .fails(blobstore::open(denied).await, Kind::AccessDenied)
}
