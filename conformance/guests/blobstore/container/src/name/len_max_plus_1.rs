use conformance_kit::prelude::*;

use crate::apart::name_limit;

case! {
    id: "blob.name.len-max-plus-1",
    title: "every function that takes a name refuses one that is a byte too long",
    clauses: ["BLOB-NAME-5", "TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let Some(limit) = name_limit(cx)? else {
        return Ok(());
    };
    cx.ok(container.put("object", b"bytes").await)?;
    let refused = Kind::TooLarge(limit as u64);
    for over in [1, 2, limit] {
        let long = cx.random_text(limit + over);
        let message = |function: &str| format!("{function} a name that is {over} bytes too long");
        cx.check("BLOB-NAME-5", &message("get of"))
            .fails(container.get(&long).await, refused)?;
        cx.check("BLOB-NAME-5", &message("head of"))
            .fails(container.head(&long).await, refused)?;
        cx.check("BLOB-NAME-5", &message("put of"))
            .fails(container.put(&long, b"bytes").await, refused)?;
        cx.check("BLOB-NAME-5", &message("put of no bytes under"))
            .fails(container.put(&long, b"").await, refused)?;
        cx.check("BLOB-NAME-5", &message("delete of"))
            .fails(container.delete(&long).await, refused)?;
        cx.check("BLOB-NAME-5", &message("delete-many of"))
            .fails(container.delete_many(&[&long]).await, refused)?;
        cx.check("BLOB-NAME-5", &message("copy of"))
            .fails(container.copy(&long, &container, "copy").await, refused)?;
        cx.check("BLOB-NAME-5", &message("copy to"))
            .fails(container.copy("object", &container, &long).await, refused)?;
        cx.check("BLOB-NAME-5", &message("move of"))
            .fails(container.r#move(&long, &container, "moved").await, refused)?;
        cx.check("BLOB-NAME-5", &message("move to"))
            .fails(container.r#move("object", &container, &long).await, refused)?;
    }
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-ERR-6", "list after long names were refused")
        .keys(&listed, &["object"])
}
