use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.delete-denied",
    title: "a container that is not granted cannot be removed, nor found by trying to",
    clauses: ["BLOB-ADMIN-1"],
    requires: ["blob.admin"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let invented = cx.random_text(8);
    for round in 0..2 {
        for name in [&names.denied, &names.unknown, &invented] {
            let deleted = admin::delete(name).await;
            cx.check("BLOB-ADMIN-1", "remove a container that is not granted")
                .fails(deleted, Kind::AccessDenied)?;
        }
        if round == 0 {
            cx.ok(admin::delete(&names.secondary).await)?;
        }
    }
    Ok(())
}
