use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    actors: 2,
    id: "blob.admin.delete.instances",
    title: "a container that one instance removed is gone for the others",
    clauses: ["BLOB-REMOVE-1", "BLOB-REMOVE-3"],
    requires: ["blob.admin"],
}

async fn prepare(cx: &Context) -> Outcome {
    cx.second_container().await?;
    cx.ok(admin::delete(&cx.names().secondary).await)
}

async fn actor(cx: &Context, _index: u32) -> Observations {
    let name = &cx.names().secondary;
    cx.check("BLOB-REMOVE-1", "open what another instance removed")
        .fails(blobstore::open(name).await, Kind::NotFound)?;
    cx.check("BLOB-REMOVE-3", "remove what another instance removed")
        .fails(admin::delete(name).await, Kind::NotFound)?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    cx.check("BLOB-REMOVE-1", "open it again afterwards")
        .fails(blobstore::open(&cx.names().secondary).await, Kind::NotFound)
}
