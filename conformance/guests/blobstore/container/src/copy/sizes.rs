use conformance_kit::prelude::*;

use crate::objects::{is_state, some_options};

case! {
    /// Below and above what services copy in one request.
    id: "blob.copy.sizes",
    title: "copies of any size are whole, within a container and to another one",
    clauses: ["BLOB-COPY-1"],
    lane: Lane::Slow,
    timeout_s: 90,
}

const SIZES: [usize; 5] = [1 << 20, 5 << 20, (5 << 20) + 1, (8 << 20) - 1, 16 << 20];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let block = cx.random_bytes(65_537);
    for size in SIZES {
        let mut bytes = block.repeat(size / block.len() + 1);
        bytes.truncate(size);
        let options = some_options(cx);
        cx.ok(container.put_with("object", &bytes, options.clone()).await)?;
        for to in [&container, &other] {
            let message = format!("copy of {size} bytes");
            let check = cx.check("BLOB-COPY-1", &message);
            check.ok(container.copy("object", to, "copy").await)?;
            is_state(check, to, "copy", &bytes, &options).await?;
        }
    }
    Ok(())
}
