use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.delete-all-names",
    title: "containers go and come back under names of every form",
    clauses: ["BLOB-REMOVE-1", "BLOB-CREATE-1"],
    requires: ["blob.admin"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    for name in &cx.names().also_granted {
        let message = ["remove ", name].concat();
        let check = cx.check("BLOB-REMOVE-1", &message);
        check.ok(admin::delete(name).await)?;
        check.fails(blobstore::open(name).await, Kind::NotFound)?;
        let message = ["create ", name].concat();
        let check = cx.check("BLOB-CREATE-1", &message);
        check.ok(admin::create(name).await)?;
        let container = check.ok(blobstore::open(name).await)?;
        check.ok(container.put("object", b"bytes").await)?;
    }
    Ok(())
}
