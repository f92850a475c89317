use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{sorted, written};

case! {
    id: "blob.history.page-sizes",
    title: "pages of states have no more than was asked for, and lead through all of them",
    clauses: ["TYP-PAGE-2", "TYP-PAGE-3", "TYP-PAGE-4", "TYP-PAGE-5", "TYP-PAGE-10"],
    requires: ["blob.history"],
}

const STATES: usize = 7;

/// The sizes of the first pages; the last one goes on. Those that are all states, and
/// those at which a narrower or a signed number ends.
const SIZES: [&[u32]; 12] = [
    &[1],
    &[2],
    &[3],
    &[6],
    &[7],
    &[8],
    &[255, 256],
    &[1_001],
    &[(1 << 31) - 1, 1 << 31],
    &[u32::MAX],
    &[1, 3, 2],
    &[2, 1, u32::MAX],
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut expected = Vec::new();
    for number in 0..STATES {
        let state = written(cx, &container, "object", number).await?;
        expected.push(state.info.version);
    }
    let expected = sorted(expected.iter().map(String::as_str));
    for is_deleted in [false, true] {
        if is_deleted {
            cx.ok(container.delete("object").await)?;
        }
        for sizes in SIZES {
            walk(cx, &container, sizes, &expected).await?;
        }
    }
    Ok(())
}

/// Reads all states in pages of these sizes.
async fn walk(cx: &Context, container: &Container, sizes: &[u32], expected: &[String]) -> Outcome {
    let message = format!("read states in pages of {sizes:?}");
    let mut listed = Vec::new();
    let mut cursor: Option<String> = None;
    for number in 0.. {
        let check = cx.check("TYP-PAGE-5", &message);
        check.that(number < STATES + 2, "an end of the list", &listed.len())?;
        let size = sizes[number.min(sizes.len() - 1)];
        let clause = if number > 0 && sizes.len() > 1 {
            "TYP-PAGE-10"
        } else {
            "TYP-PAGE-3"
        };
        let page = history::versions(container, "object", cursor.as_deref(), Some(size)).await;
        let page = cx.check(clause, &message).ok(page)?;
        let states = page.states.len();
        cx.check("TYP-PAGE-2", &message).that(
            states <= size as usize,
            "no more than asked for",
            &states,
        )?;
        listed.extend(page.states.into_iter().map(|state| state.version));
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    cx.check("TYP-PAGE-4", &message).keys(&listed, expected)
}
