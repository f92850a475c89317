use blobstore::{history, put_all, with_bytes};
use conformance_kit::prelude::*;

use crate::states_of::{page, written};

case! {
    /// A service can list more than the states: marks of deletions, and what belongs to
    /// names that begin alike. What of it is left out makes no pages.
    id: "blob.history.page-sparse",
    title: "pages of states come to their end in time, whatever lies between the states that is none",
    clauses: ["TYP-PAGE-4", "TYP-PAGE-5"],
    requires: ["blob.history"],
}

/// How often the object is deleted behind each state: a service can mark a deletion of
/// what is absent as well.
const DELETIONS: usize = 6;
const ALIKE: usize = 30;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let marked = marked(cx, &container).await?;
    for page_size in [1, 2, 3] {
        ends_in_time(cx, &container, "marked", page_size, &marked).await?;
    }

    // Names on both sides of it, and behind it in the same order.
    let alike: Vec<String> = (0..ALIKE).map(|number| format!("alone/{number}")).collect();
    cx.ok(container.put("alon", b"bytes").await)?;
    put_all(cx, &container, &with_bytes(cx, &alike)).await?;
    ends_in_time(cx, &container, "alone", 1, &[]).await?;
    let state = written(cx, &container, "alone", 0).await?;
    ends_in_time(cx, &container, "alone", 1, &[state.info.version]).await
}

/// Writes an object that was deleted more often than it has states, and returns the
/// versions of these.
async fn marked(cx: &Context, container: &Container) -> Result<Vec<String>, Stop> {
    let mut kept = Vec::new();
    for number in 0..3 {
        kept.push(written(cx, container, "marked", number).await?.info.version);
        for _ in 0..DELETIONS {
            cx.ok(container.delete("marked").await)?;
        }
        // A deletion whose state goes: where one of what is absent leaves no mark, this may.
        for _ in 0..2 {
            let version = cx.ok(container.put("marked", b"to be removed").await)?;
            cx.ok(container.delete("marked").await)?;
            cx.ok(history::delete(container, "marked", &version).await)?;
        }
    }
    Ok(kept)
}

/// The list has these states, in no more pages than states and two.
async fn ends_in_time(
    cx: &Context,
    container: &Container,
    name: &str,
    page_size: u32,
    expected: &[String],
) -> Outcome {
    let message = format!("read {} states in pages of {page_size}", expected.len());
    let mut listed = Vec::new();
    let mut cursor: Option<String> = None;
    for pages in 0.. {
        cx.check("TYP-PAGE-5", &message).that(
            pages < expected.len() + 2,
            "an end within as many pages as states, plus two",
            &pages,
        )?;
        let page = page(cx, container, name, cursor.as_deref(), Some(page_size)).await?;
        listed.extend(page.states.into_iter().map(|state| state.version));
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    cx.check("TYP-PAGE-4", &message).keys(&listed, expected)
}
