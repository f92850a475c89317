use blobstore::{PutOptions, atomic_move::rename, options};
use conformance_kit::prelude::*;

use crate::growth::{Grown, grows};

case! {
    id: "blob.append.renamed",
    title: "append adds behind what rename brought to a name, whichever function wrote it, and not to what was there before",
    clauses: ["BLOB-APPEND-1", "BLOB-APPEND-2", "BLOB-APPEND-6", "BLOB-RENAME-1"],
    requires: ["blob.append", "blob.atomic-move"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for new_name in ["new", "old"] {
        let bytes = cx.random_bytes(700);
        let written = PutOptions {
            content_type: Some("text/log".to_owned()),
            metadata: vec![("of".to_owned(), cx.random_text(9))],
            ..options()
        };
        cx.ok(container.put("old", b"overwritten").await)?;
        cx.ok(container.put_with("object", &bytes, written).await)?;
        cx.ok(rename(&container, "object", new_name, None).await)?;
        grows(cx, &container, new_name, &bytes).await?;
        // What grew is renamed with all of its pieces.
        for put in [true, false] {
            let grown = Grown::new(cx, &container, "grown", put).await?;
            let check = cx.check("BLOB-RENAME-1", "rename an object that grew");
            check.ok(rename(&container, "grown", new_name, None).await)?;
            grown.is(check, &container, new_name).await?;
            check.none(container.head("grown").await)?;
            grows(cx, &container, new_name, grown.bytes()).await?;
        }
    }
    Ok(())
}
