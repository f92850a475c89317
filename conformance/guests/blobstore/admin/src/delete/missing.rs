use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.delete-missing",
    title: "a container that is not there cannot be removed, however often one tries",
    clauses: ["BLOB-REMOVE-3"],
    requires: ["blob.admin"],
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().absent;
    let check = || cx.check("BLOB-REMOVE-3", "remove a container that is not there");
    for _ in 0..2 {
        check().fails(admin::delete(name).await, Kind::NotFound)?;
        check().fails(admin::delete(name).await, Kind::NotFound)?;
        cx.ok(admin::create(name).await)?;
        cx.ok(admin::delete(name).await)?;
    }
    check().fails(admin::delete(name).await, Kind::NotFound)
}
