use blobstore::range;
use conformance_kit::prelude::*;

case! {
    id: "blob.get.expected-absent",
    title: "get with a version fails where the object is absent",
    clauses: ["BLOB-GET-8"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let version = cx.ok(container.put("deleted", b"bytes").await)?;
    cx.ok(container.delete("deleted").await)?;
    for name in ["deleted", "never-written"] {
        for version in [version.as_str(), "", "*"] {
            for range in [None, range(0, 1), range(0, 0), range(9, None)] {
                let got = container.begin_get(name, range, Some(version)).await;
                cx.check("BLOB-GET-8", "get of an absent object with a version")
                    .fails(got, Kind::PreconditionFailed)?;
            }
        }
    }
    Ok(())
}
