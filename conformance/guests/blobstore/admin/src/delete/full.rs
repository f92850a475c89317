use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.delete-full",
    title: "a container with an object stays as it was",
    clauses: ["BLOB-REMOVE-2"],
    requires: ["blob.admin"],
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().secondary;
    let container = cx.second_container().await?;
    let large = cx.random_bytes(100_000);
    let objects: [(&str, &[u8]); 6] = [
        ("object", b"bytes"),
        ("empty", b""),
        ("large", &large),
        ("folder/", b""),
        (".hidden", b"bytes"),
        ("\0", b"bytes"),
    ];
    for (object, bytes) in objects {
        let version = cx.ok(container.put(object, bytes).await)?;
        let check = cx.check("BLOB-REMOVE-2", "remove a container with an object");
        for _ in 0..2 {
            check.fails(admin::delete(name).await, Kind::PreconditionFailed)?;
        }
        let again = check.ok(blobstore::open(name).await)?;
        for container in [&container, &again] {
            check.value(container.get(object).await, bytes)?;
            check.equal(&cx.info(container, object).await?.version, &version)?;
        }
        let listed = cx.all_names(&again, "", None).await?;
        check.keys(&listed, &[object])?;
        cx.ok(container.delete(object).await)?;
    }
    Ok(())
}
