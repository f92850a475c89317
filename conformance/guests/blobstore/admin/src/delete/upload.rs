use blobstore::{admin, multipart};
use conformance_kit::prelude::*;

case! {
    /// An upload is no object: nobody could list it to end it first.
    id: "blob.admin.delete-upload",
    title: "a container with nothing but an upload that was begun goes like an empty one, and the upload with it",
    clauses: ["BLOB-REMOVE-1", "BLOB-CREATE-1", "BLOB-UPLOAD-5"],
    requires: ["blob.admin", "blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().secondary;
    let container = cx.second_container().await?;
    cx.ok(multipart::begin(&container, "begun").await)?;
    let upload = cx.ok(multipart::begin(&container, "sent").await)?;
    let part = multipart::put_part(&container, "sent", &upload, 1, b"bytes");
    let parts = [cx.ok(part.await)?];
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
    check.keys::<&str>(&listed, &[])?;
    // It was begun in another container, which had the same name.
    let sent = multipart::put_part(&container, "sent", &upload, 2, b"late").await;
    let check = || {
        cx.check(
            "BLOB-UPLOAD-5",
            "go on with an upload of the removed container",
        )
    };
    check().fails(sent, Kind::NotFound)?;
    let listed = multipart::parts(&container, "sent", &upload).await;
    check().fails(listed, Kind::NotFound)?;
    let complete = multipart::complete(&container, "sent", &upload, &parts).await;
    check().fails(complete, Kind::NotFound)?;
    check().none(container.get("sent").await)
}
