use blobstore::history;
use conformance_kit::prelude::*;

case! {
    id: "blob.history.refused",
    title: "earlier states are out of reach where the feature is missing",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2"],
    refuses: "blob.history",
}

const REFUSED: Kind = Kind::Unsupported("blob.history");

async fn run(cx: &Context) -> Outcome {
    let container = cx.restricted_container().await?;
    let first = cx.ok(container.put("object", b"first").await)?;
    let second = cx.ok(container.put("object", b"second").await)?;
    for name in ["object", "absent"] {
        let listed = history::versions(&container, name, None, None).await;
        cx.check("TYP-FEAT-1", "versions").fails(listed, REFUSED)?;
        for version in [&first, &second, ""] {
            let read = history::begin_get(&container, name, version, None).await;
            cx.check("TYP-FEAT-1", "get-version").fails(read, REFUSED)?;
            let removed = history::delete(&container, name, version).await;
            cx.check("TYP-FEAT-1", "delete-version")
                .fails(removed, REFUSED)?;
        }
    }
    cx.check("TYP-FEAT-2", "get after refused calls")
        .value(container.get("object").await, b"second")
}
