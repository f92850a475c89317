use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.delete",
    title: "an empty container goes, and comes back empty",
    clauses: ["BLOB-REMOVE-1", "BLOB-CREATE-1"],
    requires: ["blob.admin"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    cx.ok(admin::create(&names.absent).await)?;
    for name in [&names.secondary, &names.absent] {
        for round in 0..3 {
            let container = cx.ok(blobstore::open(name).await)?;
            if round != 1 {
                // Empty is one that had objects, too.
                cx.ok(container.put("object", b"bytes").await)?;
                cx.ok(container.delete("object").await)?;
            }
            drop(container);
            let check = cx.check("BLOB-REMOVE-1", "remove an empty container");
            check.ok(admin::delete(name).await)?;
            for _ in 0..2 {
                check.fails(blobstore::open(name).await, Kind::NotFound)?;
            }
            let check = cx.check("BLOB-CREATE-1", "create a container where one was");
            check.ok(admin::create(name).await)?;
            let container = check.ok(blobstore::open(name).await)?;
            let listed = cx.all_names(&container, "", None).await?;
            check.keys::<&str>(&listed, &[])?;
        }
    }
    Ok(())
}
