use blobstore::{admin, multipart};
use conformance_kit::prelude::*;

case! {
    /// An upload is no object: nobody could list it to end it first.
    id: "blob.admin.delete-upload",
    title: "a container with nothing but an upload that was begun goes like an empty one",
    clauses: ["BLOB-REMOVE-1", "BLOB-CREATE-1"],
    requires: ["blob.admin", "blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().secondary;
    let container = cx.second_container().await?;
    cx.ok(multipart::begin(&container, "begun").await)?;
    let upload = cx.ok(multipart::begin(&container, "sent").await)?;
    cx.ok(multipart::put_part(&container, "sent", &upload, 1, b"bytes").await)?;
    drop(container);
    let check = cx.check("BLOB-REMOVE-1", "remove a container with uploads");
    check.ok(admin::delete(name).await)?;
    check.fails(blobstore::open(name).await, Kind::NotFound)?;
    let check = cx.check(
        "BLOB-CREATE-1",
        "create a container where one with uploads was",
    );
    check.ok(admin::create(name).await)?;
    let container = check.ok(blobstore::open(name).await)?;
    let listed = cx.all_names(&container, "", None).await?;
    check.keys::<&str>(&listed, &[])
}
