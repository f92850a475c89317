use blobstore::append::append;
use blobstore::{is_described, odd_objects, put_described};
use conformance_kit::prelude::*;

case! {
    /// Where an addition writes the object anew, they are read and written again.
    id: "blob.append.described",
    title: "an object that grows keeps its content type and its metadata, whatever they are",
    clauses: ["BLOB-APPEND-2"],
    requires: ["blob.append"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let objects = odd_objects(cx)?;
    put_described(cx, &container, &objects).await?;
    let kept = each(&objects, async |object| {
        let (name, options) = (object.name.as_str(), &object.options);
        let message = format!("append to {name}, of type {}", options.content_type.shown());
        let check = cx.check("BLOB-APPEND-2", &message);
        check.ok(append(&container, name, b" and more", None).await)?;
        is_described(check, &container, name, options).await?;
        check.value(container.get(name).await, b"bytes and more")
    });
    for kept in kept.await {
        kept?;
    }
    Ok(())
}
