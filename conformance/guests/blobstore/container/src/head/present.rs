use conformance_kit::prelude::*;

use crate::facts::{described, entries, same, told_by_get};

case! {
    id: "blob.head.present",
    title: "head tells of objects of several sizes what get tells of them",
    clauses: ["BLOB-HEAD-1", "BLOB-HEAD-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [0, 1, 255, 4_096, 65_537, 300_000] {
        let bytes = cx.random_bytes(size);
        let value = cx.random_text(20);
        let options = described(Some("text/plain"), &[("size", &value), ("empty", "")]);
        let metadata = entries(&options.metadata);
        let version = cx.ok(container.put_with("object", &bytes, options).await)?;
        let check = cx.check("BLOB-HEAD-2", "head of an object");
        let info = check.some(container.head("object").await)?;
        check.equal(info.size, size as u64)?;
        let check = cx.check("BLOB-HEAD-1", "head of an object");
        check.equal(&info.version, &version)?;
        check.equal(info.content_type.as_str(), "text/plain")?;
        check.equal(entries(&info.metadata), metadata)?;
        let told = told_by_get(cx, &container, "object").await?;
        let message = "compare with what get tells";
        same(cx.check("BLOB-HEAD-1", message), &info, &told)?;
    }
    Ok(())
}
