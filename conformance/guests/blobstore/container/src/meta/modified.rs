use conformance_kit::prelude::*;

use crate::facts::told_by_get;
use crate::time;

case! {
    /// No guest has a clock of its own: what can be compared is the distance between two
    /// writes.
    id: "blob.meta.modified",
    title: "times of modification are nanoseconds of these years, and pass as writes do",
    clauses: ["BLOB-META-8"],
    timeout_s: 30,
}

/// The years 2020 and 2100.
const THESE_YEARS: core::ops::Range<u64> = 1_577_836_800_000_000_000..4_102_444_800_000_000_000;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let first = time::write(cx, &container, "first").await?;
    for round in 0..3 {
        let next = time::write(cx, &container, &format!("object-{round}")).await?;
        let check = cx.check("BLOB-META-8", "look at a time of modification");
        check.that(
            THESE_YEARS.contains(&next.modified()),
            "a moment between 2020 and 2100",
            &next.modified(),
        )?;
        next.is_behind(check, first)?;
    }
    let told = told_by_get(cx, &container, "first").await?;
    cx.check("BLOB-META-8", "look at the time of modification again")
        .equal(told.modified, first.modified())
}
