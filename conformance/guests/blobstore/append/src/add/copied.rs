use conformance_kit::prelude::*;

use crate::growth::{Grown, grows};

case! {
    id: "blob.append.copied",
    title: "a copy of an object that grew, and what it is moved to, has all of its bytes, and grows for itself",
    clauses: [
        "BLOB-COPY-1",
        "BLOB-COPY-3",
        "BLOB-MOVE-1",
        "BLOB-APPEND-1",
        "BLOB-APPEND-2",
        "BLOB-APPEND-6",
    ],
    requires: ["blob.append"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    for put in [true, false] {
        let grown = Grown::new(cx, &container, "object", put).await?;
        for to in [&container, &other] {
            let check = cx.check("BLOB-COPY-1", "copy of an object that grew");
            check.ok(container.copy("object", to, "copy").await)?;
            grown.is(check, to, "copy").await?;
            grows(cx, to, "copy", grown.bytes()).await?;
            let check = cx.check("BLOB-COPY-3", "read what was copied after its copy grew");
            grown.is(check, &container, "object").await?;
            cx.ok(container.copy("object", &container, "source").await)?;
            let check = cx.check("BLOB-MOVE-1", "move of an object that grew");
            check.ok(container.r#move("source", to, "moved").await)?;
            grown.is(check, to, "moved").await?;
            check.none(container.head("source").await)?;
        }
        // The object itself, not a copy of it.
        let check = cx.check("BLOB-MOVE-1", "move of an object that grew");
        check.ok(container.r#move("object", &other, "moved").await)?;
        grown.is(check, &other, "moved").await?;
        check.none(container.head("object").await)?;
        grows(cx, &other, "moved", grown.bytes()).await?;
    }
    Ok(())
}
