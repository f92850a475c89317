use blobstore::append::append;
use blobstore::bad_names;
use conformance_kit::prelude::*;

case! {
    id: "blob.append.refused",
    title: "append is refused where the feature is missing, whatever the arguments are",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2"],
    refuses: "blob.append",
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.restricted_container().await?;
    cx.ok(container.put("object", b"bytes").await)?;
    let mut names = vec!["object".to_owned(), "absent".to_owned()];
    names.extend(bad_names(cx)?.into_iter().map(|bad| bad.name));
    for name in &names {
        for at in [None, Some(0), Some(5), Some(u64::MAX)] {
            cx.check("TYP-FEAT-1", "append").fails(
                append(&container, name, b"more", at).await,
                Kind::Unsupported("blob.append"),
            )?;
        }
    }
    cx.check("TYP-FEAT-2", "get after refused calls")
        .value(container.get("object").await, b"bytes")?;
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-FEAT-2", "list after refused calls")
        .keys(&listed, &["object"])
}
