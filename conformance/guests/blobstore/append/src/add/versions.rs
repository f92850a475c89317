use blobstore::append::append;
use conformance_kit::prelude::*;

case! {
    id: "blob.append.versions",
    title: "no append gives an object a version that it had before, in this life or another",
    clauses: ["TYP-VER-1"],
    requires: ["blob.append"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut versions: Vec<String> = Vec::new();
    for life in 0..4 {
        // Some begin with a put, the others with an append.
        if life % 2 == 1 {
            versions.push(cx.ok(container.put("object", b"bytes").await)?);
        }
        // The same bytes in each life, and none at all.
        for bytes in [&b"bytes"[..], b"more", b"", b"more"] {
            let appended = cx.ok(append(&container, "object", bytes, None).await)?;
            let version = appended.version;
            let is_new = !versions.contains(&version);
            cx.check("TYP-VER-1", "compare with all earlier versions")
                .that(is_new, "a version that the object never had", &version)?;
            versions.push(version);
        }
        cx.ok(container.delete("object").await)?;
    }
    Ok(())
}
