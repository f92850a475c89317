use blobstore::range;
use conformance_kit::prelude::*;

case! {
    id: "blob.get.expected-other",
    title: "get with a version that the object does not have fails",
    clauses: ["BLOB-GET-8"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = cx.ok(container.put("object", b"first state").await)?;
    let present = cx.ok(container.put("object", b"second state").await)?;
    let foreign = cx.ok(container.put("other", b"second state").await)?;
    let long = "v".repeat(300);
    let mut versions = vec![old.as_str(), "", "*", "\"\"", &long];
    // Versions are of one object each: another one's may be the same text.
    versions.extend((foreign != present).then_some(foreign.as_str()));
    for version in versions {
        for range in [
            None,
            range(0, 5),
            range(0, 0),
            range(12, None),
            range(99, None),
        ] {
            let got = container.begin_get("object", range, Some(version)).await;
            let message = format!("get with version {}", version.shown());
            cx.check("BLOB-GET-8", &message)
                .fails(got, Kind::PreconditionFailed)?;
        }
    }
    cx.check("BLOB-GET-8", "get without a version afterwards")
        .value(container.get("object").await, b"second state")
}
