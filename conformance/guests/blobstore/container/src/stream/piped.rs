use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.stream.piped",
    title: "what a get returned can be passed to a put as it is",
    clauses: ["BLOB-STREAM-1", "BLOB-DATA-1"],
}

async fn run(cx: &Context) -> Outcome {
    let from = cx.container().await?;
    let second = cx.second_container().await?;
    for size in [0, 1, 100_000, 1_000_001] {
        let bytes = big(cx, size);
        cx.ok(from.put("source", &bytes).await)?;
        for to in [&from, &second] {
            let content = from.begin_get("source", None, None).await;
            let content = cx.check("BLOB-DATA-1", "get of a source").some(content)?;
            let Some(answer) = to.put_content("copy", content) else {
                let check = cx.check("BLOB-STREAM-1", "pass on a stream that nobody read");
                return check.that(false, "an open stream", "its end");
            };
            cx.check("BLOB-STREAM-1", &format!("put of {size} bytes of a get"))
                .ok(answer.wait().await)?;
            cx.check("BLOB-DATA-1", &format!("get of {size} bytes of a get"))
                .value(to.get("copy").await, &bytes)?;
        }
    }
    Ok(())
}
