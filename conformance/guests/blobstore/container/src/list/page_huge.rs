use conformance_kit::prelude::*;

use crate::listing::{expected, fill, read, some_names};

case! {
    /// The sizes at which a narrower or a signed number ends.
    id: "blob.list.page-huge",
    title: "page sizes up to the largest number are accepted, at the start of a list and further on",
    clauses: ["TYP-PAGE-3", "TYP-PAGE-10"],
}

const SIZES: [u32; 12] = [
    127,
    128,
    255,
    256,
    1_000,
    1_001,
    5_001,
    32_768,
    65_536,
    (1 << 31) - 1,
    1 << 31,
    u32::MAX,
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = some_names(cx, "a/", 9);
    fill(cx, &container, &names).await?;
    for size in SIZES {
        for (delimiter, items) in [(None, 9), (Some("."), 9)] {
            let lines = expected(&names, "a/", delimiter);
            let message = format!("read a list with a page size of {size}");
            let check = cx.check("TYP-PAGE-3", &message);
            let walk = read(check, &container, "a/", delimiter, items, || Some(size)).await?;
            check.keys(&walk.lines(), &lines)?;

            let mut first = Some(2);
            let next = || first.take().or(Some(size));
            let check = cx.check("TYP-PAGE-10", &message);
            let walk = read(check, &container, "a/", delimiter, items, next).await?;
            check.keys(&walk.lines(), &lines)?;
        }
    }
    Ok(())
}
