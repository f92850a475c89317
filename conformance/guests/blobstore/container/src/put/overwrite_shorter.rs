use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.put.overwrite-shorter",
    title: "nothing of a longer object is left when a shorter one replaces it",
    clauses: ["BLOB-PUT-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [700_000, 300_000, 65_536, 65_535, 100, 1, 0] {
        let bytes = big(cx, size);
        cx.ok(container.put("object", &bytes).await)?;
        cx.check("BLOB-PUT-2", "get of a shorter object than before")
            .value(container.get("object").await, &bytes)?;
        let info = cx.info(&container, "object").await?;
        cx.check("BLOB-PUT-2", "size of a shorter object than before")
            .equal(info.size, size as u64)?;
    }
    Ok(())
}
