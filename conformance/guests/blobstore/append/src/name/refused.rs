use blobstore::{append::append, bad_names};
use conformance_kit::prelude::*;

case! {
    id: "blob.append.names-refused",
    title: "append refuses the empty name and names that are too long",
    clauses: ["BLOB-NAME-4", "BLOB-NAME-5", "TYP-ERR-6", "TYP-ERR-8"],
    requires: ["blob.append"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for bad in bad_names(cx)? {
        for (bytes, at) in [(&b"bytes"[..], None), (b"", None), (b"bytes", Some(0))] {
            cx.check(bad.clause, "append to a name that is refused")
                .fails(append(&container, &bad.name, bytes, at).await, bad.refused)?;
        }
        // No object of such a name has so many bytes: the name comes first.
        let misplaced = append(&container, &bad.name, b"bytes", Some(9)).await;
        cx.check(
            "TYP-ERR-8",
            "append to a name that is refused, at a wrong place",
        )
        .fails(misplaced, bad.refused)?;
    }
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-ERR-6", "list after names were refused")
        .keys::<&str>(&listed, &[])
}
