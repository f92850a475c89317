use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.create-existing",
    title: "a container that exists is not created again, and keeps its objects",
    clauses: ["BLOB-CREATE-2"],
    requires: ["blob.admin"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    cx.ok(admin::create(&names.absent).await)?;
    for name in [&names.primary, &names.secondary, &names.absent] {
        let container = cx.ok(blobstore::open(name).await)?;
        let check = cx.check("BLOB-CREATE-2", "create a container that exists");
        // Empty at first.
        check.fails(admin::create(name).await, Kind::AlreadyExists)?;
        let version = cx.ok(container.put("object", b"bytes").await)?;
        for _ in 0..2 {
            check.fails(admin::create(name).await, Kind::AlreadyExists)?;
            let again = cx.ok(blobstore::open(name).await)?;
            for container in [&container, &again] {
                check.value(container.get("object").await, b"bytes")?;
                check.equal(&cx.info(container, "object").await?.version, &version)?;
            }
        }
    }
    Ok(())
}
