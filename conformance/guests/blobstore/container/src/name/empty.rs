use conformance_kit::prelude::*;

case! {
    id: "blob.name.empty",
    title: "every function that takes a name refuses the empty one",
    clauses: ["BLOB-NAME-4", "TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", b"bytes").await)?;
    let refused = Kind::InvalidArgument;
    // Twice: the first answer must not depend on what was tried before.
    for _ in 0..2 {
        cx.check("BLOB-NAME-4", "get of the empty name")
            .fails(container.get("").await, refused)?;
        cx.check("BLOB-NAME-4", "head of the empty name")
            .fails(container.head("").await, refused)?;
        cx.check("BLOB-NAME-4", "put of the empty name")
            .fails(container.put("", b"bytes").await, refused)?;
        cx.check("BLOB-NAME-4", "put of no bytes under the empty name")
            .fails(container.put("", b"").await, refused)?;
        cx.check("BLOB-NAME-4", "delete of the empty name")
            .fails(container.delete("").await, refused)?;
        cx.check("BLOB-NAME-4", "delete-many of the empty name")
            .fails(container.delete_many(&[""]).await, refused)?;
        cx.check("BLOB-NAME-4", "copy of the empty name")
            .fails(container.copy("", &container, "copy").await, refused)?;
        cx.check("BLOB-NAME-4", "copy to the empty name")
            .fails(container.copy("object", &container, "").await, refused)?;
        cx.check("BLOB-NAME-4", "move of the empty name")
            .fails(container.r#move("", &container, "moved").await, refused)?;
        cx.check("BLOB-NAME-4", "move to the empty name")
            .fails(container.r#move("object", &container, "").await, refused)?;
    }
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-ERR-6", "list after the empty name was refused")
        .keys(&listed, &["object"])
}
