use blobstore::{append::append, is_exactly, odd_names, with_bytes};
use conformance_kit::prelude::*;

case! {
    id: "blob.append.odd-names",
    title: "append makes and finds objects with names of all kinds, and no other",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-3"],
    requires: ["blob.append"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut objects = with_bytes(cx, &odd_names(cx)?);
    let made = each(&objects, |(name, bytes)| {
        append(&container, name, bytes, Some(0))
    });
    for ((name, _), made) in objects.iter().zip(made.await) {
        cx.check("BLOB-NAME-1", &format!("append to {}", name.shown()))
            .ok(made)?;
    }
    is_exactly(cx, "BLOB-NAME-2", &container, &objects).await?;
    // More to every second one: what may be taken for it is not added to.
    let some: Vec<_> = objects.iter().step_by(2).collect();
    let added = each(&some, |(name, bytes)| append(&container, name, bytes, None)).await;
    for ((name, _), added) in some.iter().zip(added) {
        cx.check("BLOB-NAME-1", &format!("append more to {}", name.shown()))
            .ok(added)?;
    }
    for (_, bytes) in objects.iter_mut().step_by(2) {
        *bytes = bytes.repeat(2);
    }
    is_exactly(cx, "BLOB-NAME-3", &container, &objects).await
}
