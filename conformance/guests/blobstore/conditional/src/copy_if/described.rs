use blobstore::{conditional_copy::copy_if, is_described, odd_objects, put_described};
use conformance_kit::prelude::*;

use crate::support::absent;

case! {
    id: "blob.copy-if.described",
    title: "what copy-if makes has the content type and the metadata of the source, whatever they are",
    clauses: ["BLOB-COPY-IF-1"],
    requires: ["blob.conditional-copy"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let objects = odd_objects(cx)?;
    put_described(cx, &container, &objects).await?;
    for to in [&container, &other] {
        let kept = each(&objects, async |object| {
            let (name, options) = (object.name.as_str(), &object.options);
            let copy = format!("{name}/copy");
            let message = format!(
                "copy-if of {name}, of type {}",
                options.content_type.shown()
            );
            let check = cx.check("BLOB-COPY-IF-1", &message);
            check.ok(copy_if(&container, name, None, to, &copy, absent()).await)?;
            is_described(check, to, &copy, options).await.map(drop)
        });
        for kept in kept.await {
            kept?;
        }
    }
    Ok(())
}
