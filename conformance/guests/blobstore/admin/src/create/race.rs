use blobstore::{admin, patiently};
use conformance_kit::prelude::*;

case! {
    actors: 4,
    id: "blob.admin.create.race",
    title: "of several instances that create one container none loses what it then put",
    clauses: ["BLOB-CREATE-1", "BLOB-CREATE-2"],
    requires: ["blob.admin"],
    timeout_s: 30,
}

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

/// Returns the name of its object.
async fn actor(cx: &Context, index: u32) -> Observations {
    let name = &cx.names().absent;
    blobstore::meet(cx, "begun", index).await?;
    let created = patiently(cx, async || admin::create(name).await).await;
    if !matches!(created, Err(Error::AlreadyExists)) {
        cx.check("BLOB-CREATE-1", "create what others create")
            .ok(created)?;
    }
    // What another instance created may be seen so late.
    cx.sleep(cx.visibility_bound()).await;
    let check = cx.check("BLOB-CREATE-1", "use what several instances created");
    let container = check.ok(blobstore::open(name).await)?;
    let own = format!("object-{index}");
    check.ok(container.put(&own, own.as_bytes()).await)?;
    Ok(vec![own])
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let check = cx.check("BLOB-CREATE-2", "list what several instances created");
    let container = check.ok(blobstore::open(&cx.names().absent).await)?;
    let listed = cx.all_names(&container, "", None).await?;
    check.keys(&listed, &seen.concat())
}
