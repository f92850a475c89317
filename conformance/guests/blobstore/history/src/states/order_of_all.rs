use blobstore::atomic_move::rename;
use blobstore::conditional_copy::copy_if;
use blobstore::conditional_delete::delete_if;
use blobstore::multipart;
use blobstore::{append::append, history};
use conformance_kit::prelude::*;

case! {
    id: "blob.history.order-of-all",
    title: "the latest state is listed first, whichever function wrote and whichever removed it",
    clauses: ["BLOB-VERSIONS-5"],
    level: Level::Should,
    requires: [
        "blob.history",
        "blob.append",
        "blob.atomic-move",
        "blob.conditional-copy",
        "blob.conditional-delete",
        "blob.multipart",
    ],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut written = vec![cx.ok(container.put("object", b"put").await)?];
    written.push(cx.ok(container.replace("object", b"replaced", &written[0]).await)?);
    cx.ok(container.put("source", b"source").await)?;
    written.push(cx.ok(container.copy("source", &container, "object").await)?);
    let copy = copy_if(&container, "source", None, &container, "object", None);
    written.push(cx.ok(copy.await)?);
    written.push(
        cx.ok(append(&container, "object", b"more", None).await)?
            .version,
    );
    cx.ok(container.delete("object").await)?;
    written.push(cx.ok(container.r#move("source", &container, "object").await)?);
    cx.ok(container.put("source", b"source").await)?;
    written.push(cx.ok(rename(&container, "source", "object", None).await)?);
    cx.ok(delete_if(&container, "object", &written[written.len() - 1]).await)?;
    let upload = cx.ok(multipart::begin(&container, "object").await)?;
    let part = cx.ok(multipart::put_part(&container, "object", &upload, 1, b"part").await)?;
    written.push(cx.ok(multipart::complete(&container, "object", &upload, &[part]).await)?);
    cx.ok(container.delete_many(&["object"]).await)?;
    written.push(cx.ok(container.create("object", b"created").await)?);
    written.reverse();
    for page_size in [None, Some(3)] {
        let listed = history::all(cx, &container, "object", page_size).await?;
        let listed: Vec<String> = listed.into_iter().map(|state| state.version).collect();
        cx.check("BLOB-VERSIONS-5", "list the states of an object")
            .that(listed == written, "the latest state first", &listed.len())?;
    }
    Ok(())
}
