use blobstore::PutOptions;
use conformance_kit::prelude::*;

use crate::objects::{is_state, some_options};
use crate::pattern::big;

case! {
    /// Where services and their clients divide what they send. What describes the object
    /// goes with the first request or with the last.
    id: "blob.data.size-parts",
    title: "objects of 8, 10 and 16 MiB and one byte beside each come back whole",
    clauses: ["BLOB-DATA-1", "BLOB-PUT-1", "BLOB-PUT-5"],
    lane: Lane::Slow,
    timeout_s: 120,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, (16 << 20) + 1);
    for mebibytes in [8, 10, 16] {
        let edge = mebibytes << 20;
        for size in [edge - 1, edge, edge + 1] {
            let bytes = &bytes[..size];
            // An edge with a size too; the bytes beside it without one.
            if size == edge {
                let options = PutOptions {
                    size: Some(size as u64),
                    ..some_options(cx)
                };
                let put = container.put_with("object", bytes, options.clone());
                cx.check("BLOB-DATA-1", &format!("put of {size} bytes with a size"))
                    .ok(put.await)?;
                is_whole(cx, &container, bytes, &options).await?;
            }
            let options = some_options(cx);
            let put = container.put_with("object", bytes, options.clone());
            cx.check("BLOB-PUT-5", &format!("put of {size} bytes without a size"))
                .ok(put.await)?;
            is_whole(cx, &container, bytes, &options).await?;
        }
    }
    Ok(())
}

/// The object has all that was put.
async fn is_whole(
    cx: &Context,
    container: &Container,
    bytes: &[u8],
    options: &PutOptions,
) -> Outcome {
    let message = format!("read an object of {} bytes", bytes.len());
    let check = cx.check("BLOB-PUT-1", &message);
    is_state(check, container, "object", bytes, options)
        .await
        .map(drop)
}
