use blobstore::history;
use conformance_kit::prelude::*;

case! {
    id: "blob.history.page-limit",
    title: "no page has more states than the limit allows",
    clauses: ["BLOB-VERSIONS-4", "TYP-PAGE-3"],
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
        let page = cx.ok(history::versions(&container, "object", None, page_size).await)?;
        cx.check("BLOB-VERSIONS-4", "a page of states").that(
            page.states.len() <= limit,
            "no more states than the limit",
            &page.states.len(),
        )?;
        cx.check("TYP-PAGE-3", "a page of more states than the limit")
            .that(page.cursor.is_some(), "a cursor", &page)?;
    }
    Ok(())
}
