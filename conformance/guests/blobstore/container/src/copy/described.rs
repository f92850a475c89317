use blobstore::{is_described, odd_objects, put_described};
use conformance_kit::prelude::*;

use crate::listing::each;

case! {
    /// On its way from one object to another, what stands in header fields may be escaped
    /// once more, trimmed or put into small letters.
    id: "blob.copy.described",
    title: "copies and moved objects have the content type and the metadata of the source, whatever they are",
    clauses: ["BLOB-COPY-1", "BLOB-MOVE-1"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let objects = odd_objects(cx)?;
    for to in [&container, &other] {
        put_described(cx, &container, &objects).await?;
        let kept = each(&objects, async |object| {
            let (name, options) = (object.name.as_str(), &object.options);
            let (copy, moved) = (format!("{name}/copy"), format!("{name}/moved"));
            let message = format!("copy of {name}, of type {}", options.content_type.shown());
            let check = cx.check("BLOB-COPY-1", &message);
            check.ok(container.copy(name, to, &copy).await)?;
            is_described(check, to, &copy, options).await?;
            let message = format!("move of {name}, of type {}", options.content_type.shown());
            let check = cx.check("BLOB-MOVE-1", &message);
            check.ok(container.r#move(name, to, &moved).await)?;
            is_described(check, to, &moved, options).await.map(drop)
        });
        for kept in kept.await {
            kept?;
        }
    }
    Ok(())
}
