use conformance_kit::prelude::*;

use crate::listing::{fill, long_names};

case! {
    /// A page of them is about a mebibyte, and several in a text that escapes them.
    id: "blob.list.long-names",
    title: "a list of a thousand of the longest names is complete, in pages of any size and as a stream",
    clauses: ["BLOB-LIST-1", "BLOB-NAME-6", "BLOB-NAMES-1"],
    lane: Lane::Slow,
    timeout_s: 120,
}

const COUNT: usize = 1_000;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = long_names(cx, COUNT)?;
    fill(cx, &container, &names).await?;
    for size in [None, Some(u32::MAX)] {
        let listed = cx.all_names(&container, "", size).await?;
        cx.check("BLOB-LIST-1", "count the long names of a list")
            .equal(listed.len(), COUNT)?;
        cx.check("BLOB-NAME-6", "read a list of long names")
            .keys(&listed, &names)?;
    }
    let (streamed, end) = container.names("").collect().await;
    cx.ok(end)?;
    cx.check("BLOB-NAMES-1", "read a stream of long names")
        .keys(&streamed, &names)
}
