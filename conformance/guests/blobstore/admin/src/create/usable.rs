use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.create-usable",
    title: "a container that was created holds objects like any other, and apart from theirs",
    clauses: ["BLOB-CREATE-1"],
    requires: ["blob.admin"],
}

async fn run(cx: &Context) -> Outcome {
    let (first, second) = (cx.container().await?, cx.second_container().await?);
    for container in [&first, &second] {
        cx.ok(container.put("object", b"other").await)?;
    }
    let name = &cx.names().absent;
    cx.ok(admin::create(name).await)?;
    let check = cx.check("BLOB-CREATE-1", "use a container that was created");
    let created = check.ok(blobstore::open(name).await)?;
    check.none(created.get("object").await)?;
    let bytes = cx.random_bytes(10_000);
    let version = check.ok(created.put("object", &bytes).await)?;
    check.ok(created.replace("object", &bytes, &version).await)?;
    check.ok(created.copy("object", &first, "copy").await)?;
    check.ok(second.copy("object", &created, "copy").await)?;
    check.keys(
        &cx.all_names(&created, "", None).await?,
        &["object", "copy"],
    )?;
    check.value(created.get("object").await, &bytes)?;
    check.value(first.get("copy").await, &bytes)?;
    check.ok(created.delete_many(&["object", "copy"]).await)?;
    check.value(second.get("object").await, b"other")?;
    check.value(first.get("object").await, b"other")
}
