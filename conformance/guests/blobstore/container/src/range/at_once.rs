use blobstore::range;
use conformance_kit::prelude::*;

use crate::slices::{slice, written};

case! {
    id: "blob.range.at-once",
    title: "64 ranges of one object can be read at the same time",
    clauses: ["BLOB-GET-5", "TYP-CALL-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = written(cx, &container, 200_000).await?;
    let ranges: Vec<(u64, u64)> = (0..64)
        .map(|_| (cx.random_below(200_000), 1 + cx.random_below(50_000)))
        .collect();
    let gets = ranges
        .iter()
        .map(|&(offset, length)| container.get_range("object", range(offset, length)));
    for (got, (offset, length)) in together(gets).await.into_iter().zip(&ranges) {
        let check = |clause| cx.check(clause, "get of a range as one of 64 in flight");
        let got = check("TYP-CALL-2").some(got)?;
        check("BLOB-GET-5").bytes(&got, slice(&bytes, *offset, Some(*length)))?;
    }
    Ok(())
}
