use conformance_kit::prelude::*;

use crate::meanwhile::{Change, put_fails};

case! {
    /// The condition held when the put began. Below and above what a service takes at
    /// once it may look at it at different times.
    id: "blob.cond.changed-meanwhile",
    title: "a conditional put fails if the object was created, changed or deleted while it was written",
    clauses: ["BLOB-COND-3"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [4, 10_000, 2 << 20] {
        let bytes = cx.random_bytes(size);
        for change in [
            Change::Created,
            Change::Overwritten,
            Change::CopiedOver,
            Change::Deleted,
        ] {
            // What a copy of another object needs no large one to show.
            if change == Change::CopiedOver && size > 10_000 {
                continue;
            }
            // Halfway, or when all is written but not said to be whole.
            for (is_sized, written) in [
                (false, size / 2),
                (true, size / 2),
                (false, size),
                (true, size),
            ] {
                let name = format!("{}/{size}/{is_sized}/{written}", change.text());
                let put = (bytes.as_slice(), is_sized, written);
                put_fails(cx, &container, &name, change, put).await?;
            }
        }
    }
    Ok(())
}
