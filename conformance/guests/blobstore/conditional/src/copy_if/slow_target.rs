use conformance_kit::prelude::*;

use crate::support::{absent, settle, unless_failed, version};
use blobstore::conditional_copy::copy_if;

case! {
    /// So many bytes take longer than a look at the object that they are to replace.
    id: "blob.copy-if.slow-target",
    title: "copy-if of 8 MiB never replaces what was put in its place while it was under way",
    clauses: ["BLOB-COND-3"],
    requires: ["blob.conditional-copy"],
    lane: Lane::Slow,
    timeout_s: 120,
}

const SIZE: usize = 8 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    cx.ok(container.put("source", &cx.random_bytes(SIZE)).await)?;
    let mut overlapped = 0;
    for (place, to) in [("here", &container), ("there", &other)] {
        for is_present in [true, false] {
            let name = format!("{place}/{is_present}");
            let expected = if is_present {
                version(&cx.ok(to.put(&name, b"before").await)?)
            } else {
                absent()
            };
            let copy = begin(copy_if(&container, "source", None, to, &name, expected)).await;
            settle(cx).await;
            overlapped += u32::from(copy.in_flight());
            let written = to.put(&name, b"meanwhile").await;
            let copied = copy.finish().await;
            let check = cx.check(
                "BLOB-COND-3",
                "copy-if over an object that is put meanwhile",
            );
            // Either of the two may be told to come again (BLOB-COND-6).
            if matches!(copied, Err(Error::Throttled(_))) {
                cx.note("a copy-if that a put overlaps is throttled");
            } else {
                unless_failed(check, copied)?;
            }
            if matches!(written, Err(Error::Throttled(_))) {
                cx.note("a put that a copy-if overlaps is throttled");
                continue;
            }
            cx.ok(written)?;
            // Before the put, the copy is overwritten; behind it, it has to fail.
            check.value(to.get(&name).await, b"meanwhile")?;
        }
    }
    cx.note(format!("{overlapped} of 4 copies were in flight"));
    Ok(())
}
