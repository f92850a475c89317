use conformance_kit::prelude::*;

use crate::meanwhile::{Change, put_fails};
use crate::pattern::big;

case! {
    /// Half of it is more than one part of any service, which has it before the object
    /// changes, and may have looked at the object by then.
    id: "blob.cond.changed-meanwhile-large",
    title: "a conditional put of 12 MiB fails if the object was created, changed or deleted when half of it was written",
    clauses: ["BLOB-COND-3"],
    lane: Lane::Slow,
    timeout_s: 120,
}

const SIZE: usize = 12 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, SIZE);
    for change in [Change::Created, Change::Overwritten, Change::Deleted] {
        for is_sized in [false, true] {
            let name = format!("{}/{is_sized}", change.text());
            let put = (bytes.as_slice(), is_sized, SIZE / 2);
            put_fails(cx, &container, &name, change, put).await?;
        }
    }
    Ok(())
}
