use conformance_kit::prelude::*;

use crate::listing::{fill, read, some_keys};

case! {
    /// The sizes at which a narrower or a signed number ends.
    id: "kv.list.page-huge",
    title: "page sizes up to the largest number are accepted, at the start of a list and further on",
    clauses: ["TYP-PAGE-3", "TYP-PAGE-10"],
}

const SIZES: [u32; 14] = [
    127,
    128,
    255,
    256,
    999,
    1_000,
    1_001,
    10_000,
    32_768,
    65_535,
    65_536,
    1 << 31,
    (1 << 31) - 1,
    u32::MAX,
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "", 9);
    fill(cx, &store, &keys).await?;
    for size in SIZES {
        let message = format!("read a list with a page size of {size}");
        let check = cx.check("TYP-PAGE-3", &message);
        let pages = read(check, &store, "", keys.len(), || Some(size)).await?;
        check.keys(&pages.concat(), &keys)?;

        let mut first = Some(2);
        let check = cx.check("TYP-PAGE-10", &message);
        let pages = read(check, &store, "", keys.len(), || {
            first.take().or(Some(size))
        });
        check.keys(&pages.await?.concat(), &keys)?;
    }
    Ok(())
}
