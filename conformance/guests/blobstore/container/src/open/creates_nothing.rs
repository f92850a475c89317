use conformance_kit::prelude::*;

case! {
    id: "blob.open.creates-nothing",
    title: "a container that was asked for in vain is still absent afterwards",
    clauses: ["BLOB-OPEN-2", "BLOB-OPEN-4"],
}

async fn run(cx: &Context) -> Outcome {
    let absent = &cx.names().absent;
    for _ in 0..4 {
        cx.check(
            "BLOB-OPEN-4",
            "open a granted name without a container again",
        )
        .fails(blobstore::open(absent).await, Kind::NotFound)?;
        // Work in another container may bring about what an `open` left unfinished.
        let container = cx.container().await?;
        cx.ok(container.put("object", b"bytes").await)?;
    }
    for opened in together((0..8).map(|_| blobstore::open(absent))).await {
        let message = "open a granted name without a container, several at a time";
        cx.check("BLOB-OPEN-2", message)
            .fails(opened, Kind::NotFound)?;
    }
    Ok(())
}
