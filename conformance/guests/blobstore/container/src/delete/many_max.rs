use conformance_kit::prelude::*;

use crate::listing::some_names;
use crate::objects::{is_exactly, names_of, put_all, some_objects};

case! {
    id: "blob.delete.many.max",
    title: "delete-many takes as many names as the limit says, present or not",
    clauses: ["BLOB-DELETEMANY-2"],
    lane: Lane::Slow,
    timeout_s: 60,
}

/// How many of them are there.
const PRESENT: usize = 150;
/// The most names that are passed.
const MOST: usize = 20_000;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let Some(limit) = cx.small_limit("blob.delete.max-names")? else {
        return Ok(());
    };
    if limit > MOST {
        cx.note(format!("blob.delete.max-names of {limit} was not tried"));
    }
    let kept = some_objects(cx, "", 3);
    let gone = some_objects(cx, "", PRESENT);
    put_all(cx, &container, &kept).await?;
    put_all(cx, &container, &gone).await?;
    // Half of them in front of the absent ones, half of them behind.
    let mut names = some_names(cx, "absent/", limit.min(MOST) - PRESENT);
    let present = names_of(&gone);
    names.splice(..0, present[..PRESENT / 2].iter().cloned());
    names.extend_from_slice(&present[PRESENT / 2..]);
    cx.check(
        "BLOB-DELETEMANY-2",
        "delete-many of as many names as allowed",
    )
    .ok(container.delete_many(&names).await)?;
    is_exactly(cx, "BLOB-DELETEMANY-2", &container, &kept).await
}
