use blobstore::history;
use conformance_kit::prelude::*;

case! {
    id: "blob.history.page-limit",
    title: "no page has more states than the limit allows",
    clauses: ["BLOB-VERSIONS-4", "TYP-PAGE-3", "TYP-PAGE-4"],
    requires: ["blob.history"],
    lane: Lane::Slow,
    timeout_s: 120,
}

/// More states than this are not written for the sake of a limit.
const MOST: usize = 1_000;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let Some(limit) = cx.small_limit("blob.page.max-items")? else {
        return Ok(());
    };
    if limit > MOST {
        cx.note("more states than a case should write make a page: not tried");
        return Ok(());
    }
    for _ in 0..=limit {
        cx.ok(container.put("object", b"state").await)?;
    }
    for page_size in [None, Some(u32::MAX)] {
        let page = history::versions(&container, "object", None, page_size).await;
        let page = cx
            .check("TYP-PAGE-3", "a page of more states than the limit")
            .ok(page)?;
        let listed = page.states.len();
        cx.check("BLOB-VERSIONS-4", "a page of states").that(
            listed <= limit,
            "no more states than the limit",
            &listed,
        )?;
        if page.cursor.is_none() {
            is_all(cx, &container, listed, limit).await?;
        }
    }
    Ok(())
}

/// A page without a cursor has all states that there still are: a rule of the operator may
/// have removed the others (BLOB-HISTORY-3).
async fn is_all(cx: &Context, container: &Container, listed: usize, limit: usize) -> Outcome {
    // Smaller pages are not cut where a large one was.
    let small = u32::try_from(limit.div_ceil(3)).ok();
    let kept = history::all(cx, container, "object", small).await?;
    cx.check("TYP-PAGE-4", "a page of states without a cursor")
        .that(
            kept.len() <= listed,
            &format!("all {} states", kept.len()),
            &listed,
        )
}
