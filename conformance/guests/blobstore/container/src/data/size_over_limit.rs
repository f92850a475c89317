use blobstore::{PutOptions, options};
use conformance_kit::prelude::*;

use crate::support::is_still;

case! {
    /// The stream is empty: nobody sends so much to learn that it is too much.
    id: "blob.data.size-over-limit",
    title: "a size over the limit is refused with the limit, and the old object stays",
    clauses: ["BLOB-DATA-5", "TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let limit = cx.limit("blob.object.max-bytes")?;
    if limit == u64::MAX {
        cx.note("blob.object.max-bytes cannot be exceeded");
        return Ok(());
    }
    let version = cx.ok(container.put("old", b"bytes").await)?;
    for size in [limit + 1, u64::MAX] {
        for name in ["old", "new"] {
            let too_large = PutOptions {
                size: Some(size),
                ..options()
            };
            cx.check("BLOB-DATA-5", "put of more bytes than the limit")
                .fails(
                    container.put_with(name, b"", too_large).await,
                    Kind::TooLarge(limit),
                )?;
        }
        is_still(cx, "TYP-ERR-6", &container, "old", b"bytes", &version).await?;
        cx.check("TYP-ERR-6", "head of an object that was too large")
            .none(container.head("new").await)?;
    }
    Ok(())
}
