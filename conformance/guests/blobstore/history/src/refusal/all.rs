use blobstore::{bad_names, history, range};
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
    let mut names = vec!["object".to_owned(), "absent".to_owned()];
    names.extend(bad_names(cx)?.into_iter().map(|bad| bad.name));
    for name in &names {
        for (cursor, page_size) in [
            (None, None),
            (None, Some(0)),
            (Some("no cursor"), None),
            (Some(""), Some(0)),
            (None, Some(u32::MAX)),
        ] {
            let listed = history::versions(&container, name, cursor, page_size).await;
            cx.check("TYP-FEAT-1", "versions").fails(listed, REFUSED)?;
        }
        for version in [&first, &second, ""] {
            for part in [None, range(0, 0), range(7, None), range(u64::MAX, u64::MAX)] {
                let read = history::begin_get(&container, name, version, part).await;
                cx.check("TYP-FEAT-1", "get-version").fails(read, REFUSED)?;
            }
            let removed = history::delete(&container, name, version).await;
            cx.check("TYP-FEAT-1", "delete-version")
                .fails(removed, REFUSED)?;
        }
    }
    cx.check("TYP-FEAT-2", "get after refused calls")
        .value(container.get("object").await, b"second")
}
