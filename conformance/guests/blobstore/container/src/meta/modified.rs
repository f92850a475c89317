use conformance_kit::prelude::*;

use crate::facts::told_by_get;
use crate::time;

case! {
    /// How far the harness's own clock is wrong nobody knows: it is allowed as much as
    /// that of the service.
    id: "blob.meta.modified",
    title: "times of modification are nanoseconds of this day, and pass as writes do",
    clauses: ["BLOB-META-8", "BLOB-META-9"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let first = time::write(cx, &container, "first").await?;
    for round in 0..3 {
        let next = time::write(cx, &container, &format!("object-{round}")).await?;
        let check = cx.check(
            "BLOB-META-9",
            "hold a time of modification against the clock",
        );
        next.is_of_the_day(cx, check)?;
        let check = cx.check("BLOB-META-8", "look at a time of modification");
        next.is_behind(check, first)?;
    }
    let told = told_by_get(cx, &container, "first").await?;
    cx.check("BLOB-META-8", "look at the time of modification again")
        .equal(told.modified, first.modified())
}
