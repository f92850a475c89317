use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    /// A number that is counted in the container starts again with the container.
    id: "blob.admin.versions-anew",
    title: "an object of a container that came back has none of the versions that it had before",
    clauses: ["TYP-VER-1", "BLOB-COND-2"],
    requires: ["blob.admin"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().secondary;
    let mut old: Vec<String> = Vec::new();
    for life in 0..4 {
        let container = cx.ok(blobstore::open(name).await)?;
        // Lives of several lengths, so that a count meets each earlier one.
        for write in 0..=(life + 2) % 4 {
            let version = if write == 0 && life % 2 == 0 {
                cx.ok(container.create("object", b"bytes").await)?
            } else {
                cx.ok(container.put("object", b"bytes").await)?
            };
            cx.check(
                "TYP-VER-1",
                "compare with the versions of earlier containers",
            )
            .that(
                !old.contains(&version),
                "a version that the object never had",
                &version,
            )?;
            for before in &old {
                let replaced = container.replace("object", b"lost", before).await;
                cx.check("BLOB-COND-2", "put by a version of before")
                    .fails(replaced, Kind::PreconditionFailed)?;
            }
            old.push(version);
        }
        cx.check("BLOB-COND-2", "get after that")
            .value(container.get("object").await, b"bytes")?;
        cx.ok(container.delete("object").await)?;
        drop(container);
        cx.ok(admin::delete(name).await)?;
        cx.ok(admin::create(name).await)?;
    }
    Ok(())
}
