use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    /// A version that a guest kept from before must not hold by accident.
    id: "blob.admin.delete-again",
    title: "what is written to a container that came back has nothing of the one before",
    clauses: ["BLOB-CREATE-1", "BLOB-COND-2"],
    requires: ["blob.admin"],
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().absent;
    for _ in 0..4 {
        cx.ok(admin::create(name).await)?;
        let container = cx.ok(blobstore::open(name).await)?;
        let check = cx.check("BLOB-CREATE-1", "use a container that came back");
        check.none(container.get("object").await)?;
        cx.ok(container.put("object", b"bytes").await)?;
        check.value(container.get("object").await, b"bytes")?;
        cx.ok(container.delete("object").await)?;
        let replaced = container.replace("object", b"lost", "unknown").await;
        cx.check(
            "BLOB-COND-2",
            "put by a version to a container that came back",
        )
        .fails(replaced, Kind::PreconditionFailed)?;
        drop(container);
        cx.ok(admin::delete(name).await)?;
    }
    Ok(())
}
