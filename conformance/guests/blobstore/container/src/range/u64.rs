use conformance_kit::prelude::*;

use crate::slices::{covers, written};

case! {
    id: "blob.range.u64",
    title: "offset and length may exceed 64 bits together",
    clauses: ["BLOB-GET-5"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = written(cx, &container, 40).await?;
    for offset in 0..40 {
        for length in [
            u32::MAX.into(),
            1 << 32,
            i64::MAX as u64,
            1 << 63,
            u64::MAX - offset,
            u64::MAX - offset / 2,
            u64::MAX,
        ] {
            let range = (offset, Some(length));
            covers(cx, "BLOB-GET-5", &container, &bytes, range).await?;
        }
    }
    Ok(())
}
