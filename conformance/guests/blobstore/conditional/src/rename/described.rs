use blobstore::{atomic_move::rename, is_described, odd_objects, put_described};
use conformance_kit::prelude::*;

case! {
    id: "blob.rename.described",
    title: "a renamed object keeps its content type and its metadata, whatever they are",
    clauses: ["BLOB-RENAME-1"],
    requires: ["blob.atomic-move"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let objects = odd_objects(cx)?;
    put_described(cx, &container, &objects).await?;
    let kept = each(&objects, async |object| {
        let (name, options) = (object.name.as_str(), &object.options);
        let renamed = format!("{name}/renamed");
        let message = format!("rename of {name}, of type {}", options.content_type.shown());
        let check = cx.check("BLOB-RENAME-1", &message);
        check.ok(rename(&container, name, &renamed, None).await)?;
        is_described(check, &container, &renamed, options)
            .await
            .map(drop)
    });
    for kept in kept.await {
        kept?;
    }
    Ok(())
}
