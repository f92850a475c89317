use blobstore::conditional_copy::copy_if;
use conformance_kit::prelude::*;

use crate::growth::{Grown, grows};

case! {
    id: "blob.append.copied-if",
    title: "what copy-if makes of an object that grew has all of its bytes, and grows for itself",
    clauses: ["BLOB-COPY-IF-1", "BLOB-APPEND-1", "BLOB-APPEND-2", "BLOB-APPEND-6"],
    requires: ["blob.append", "blob.conditional-copy"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    for put in [true, false] {
        let grown = Grown::new(cx, &container, "object", put).await?;
        for to in [&container, &other] {
            let version = cx.info(&container, "object").await?.version;
            let copied = copy_if(&container, "object", Some(&version), to, "copy", None);
            let check = cx.check("BLOB-COPY-IF-1", "copy-if of an object that grew");
            check.ok(copied.await)?;
            grown.is(check, to, "copy").await?;
            grows(cx, to, "copy", grown.bytes()).await?;
            let check = cx.check("BLOB-COPY-IF-1", "read what was copied after its copy grew");
            grown.is(check, &container, "object").await?;
        }
    }
    Ok(())
}
