use conformance_kit::prelude::*;

use crate::objects::{is_exactly, is_state, some_options};

case! {
    id: "blob.copy.chain",
    title: "copies of copies are whole when all before them are gone or changed",
    clauses: ["BLOB-COPY-1", "BLOB-COPY-3"],
}

const LENGTH: usize = 12;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    // Twice here, twice there.
    let side = |step: usize| [&container, &other][step / 2 % 2];
    let (bytes, options) = (cx.random_bytes(7_000), some_options(cx));
    cx.ok(container.put_with("0", &bytes, options.clone()).await)?;
    for step in 0..LENGTH {
        let (from, to) = (side(step), side(step + 1));
        let (name, next) = (step.to_string(), (step + 1).to_string());
        cx.check("BLOB-COPY-1", "copy of a copy")
            .ok(from.copy(&name, to, &next).await)?;
        if step % 3 == 0 {
            cx.ok(from.put(&name, b"changed").await)?;
        }
        cx.ok(from.delete(&name).await)?;
        let check = cx.check("BLOB-COPY-3", "read a copy whose source is gone");
        is_state(check, to, &next, &bytes, &options).await?;
    }
    let last = [(LENGTH.to_string(), bytes)];
    is_exactly(cx, "BLOB-COPY-3", side(LENGTH), &last).await
}
