use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.create",
    title: "a container is created under a granted name that has none, and it is empty",
    clauses: ["BLOB-CREATE-1"],
    requires: ["blob.admin"],
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().absent;
    cx.check("BLOB-CREATE-1", "create a container")
        .ok(admin::create(name).await)?;
    for _ in 0..2 {
        let check = cx.check(
            "BLOB-CREATE-1",
            "open and list a container that was created",
        );
        let container = check.ok(blobstore::open(name).await)?;
        let listed = cx.all_names(&container, "", None).await?;
        check.keys::<&str>(&listed, &[])?;
    }
    Ok(())
}
