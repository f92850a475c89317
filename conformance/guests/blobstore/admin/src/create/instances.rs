use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    actors: 2,
    id: "blob.admin.create.instances",
    title: "a container that one instance created is there for the others",
    clauses: ["BLOB-CREATE-1", "BLOB-CREATE-2"],
    requires: ["blob.admin"],
}

async fn prepare(cx: &Context) -> Outcome {
    cx.check("BLOB-CREATE-1", "create a container")
        .ok(admin::create(&cx.names().absent).await)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let name = &cx.names().absent;
    let check = cx.check("BLOB-CREATE-1", "use what another instance created");
    let container = check.ok(blobstore::open(name).await)?;
    check.ok(container.put(&format!("object-{index}"), b"bytes").await)?;
    cx.check("BLOB-CREATE-2", "create what another instance created")
        .fails(admin::create(name).await, Kind::AlreadyExists)?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let check = cx.check("BLOB-CREATE-2", "list the container afterwards");
    let container = check.ok(blobstore::open(&cx.names().absent).await)?;
    let listed = cx.all_names(&container, "", None).await?;
    check.keys(&listed, &["object-0", "object-1"])
}
