use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.put.overwrite-longer",
    title: "a longer object replaces a shorter one",
    clauses: ["BLOB-PUT-2", "BLOB-GET-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [0, 1, 100, 65_535, 65_536, 300_000, 700_000] {
        let bytes = big(cx, size);
        cx.ok(container.put("object", &bytes).await)?;
        cx.check("BLOB-GET-1", "get of a longer object than before")
            .value(container.get("object").await, &bytes)?;
        let info = cx.info(&container, "object").await?;
        cx.check("BLOB-PUT-2", "size of a longer object than before")
            .equal(info.size, size as u64)?;
    }
    Ok(())
}
