use blobstore::{PutOptions, options};
use conformance_kit::prelude::*;

use crate::support::{Kept, marked};

case! {
    /// The streams are short: nobody sends so much to learn that it is too much.
    id: "blob.data.size-over-limit",
    title: "a size over the limit is refused, one that is the limit is not, and the old object stays",
    clauses: ["BLOB-DATA-5", "TYP-ERR-6"],
}

fn sized_as(size: u64) -> PutOptions {
    PutOptions {
        size: Some(size),
        ..options()
    }
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let limit = cx.limit("blob.object.max-bytes")?;
    // The largest of all is not too large: it is begun, and then given up.
    let (mut writer, answer) = container.begin_put("largest", sized_as(limit));
    let write = async {
        writer.write(b"bytes").await;
        writer.fail(Error::Cancelled).await;
    };
    let (_, put) = both(write, answer.wait()).await;
    cx.check("BLOB-DATA-5", "give up a put of as many bytes as the limit")
        .fails(put, Kind::Cancelled)?;
    if limit == u64::MAX {
        cx.note("blob.object.max-bytes cannot be exceeded");
        return Ok(());
    }
    let old = Kept::put(cx, &container, "old", b"bytes").await?;
    for size in [limit + 1, u64::MAX] {
        for name in ["old", "new"] {
            let put = container.put_with(name, b"", marked(sized_as(size))).await;
            // The size alone is too large, or the stream has another number of bytes.
            let kind = match &put {
                Err(Error::InvalidArgument(_)) => Kind::InvalidArgument,
                _ => Kind::TooLarge(limit),
            };
            cx.check("BLOB-DATA-5", "put of more bytes than the limit")
                .fails(put, kind)?;
        }
        old.is_still(cx, "TYP-ERR-6", &container).await?;
        cx.check("TYP-ERR-6", "head of an object that was too large")
            .none(container.head("new").await)?;
    }
    Ok(())
}
