use conformance_kit::prelude::*;

use crate::listing::{Walk, among, clear, fill, lines, names, some_names};

case! {
    /// The changes are made right before and right behind every place at which the
    /// list may stand.
    id: "blob.list.changes-between",
    title: "objects that come, go and change between pages make the list skip and repeat no other",
    clauses: ["TYP-PAGE-7"],
    timeout_s: 20,
}

/// So many pages say that a list has no end. Of one that changes no clause says how many
/// it may have.
const ENDLESS: usize = 10_000;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for (size, delimiter) in [(1, None), (2, None), (3, Some("#")), (4, None)] {
        let prefix = format!("{size}/");
        let stay = some_names(cx, &prefix, 12);
        let gone = some_names(cx, &prefix, 8);
        fill(cx, &container, &stay).await?;
        fill(cx, &container, &gone).await?;
        let mut walk = Walk::new(&prefix, delimiter);
        let check = cx.check("TYP-PAGE-7", "read a list that changes between its pages");
        // Deleted: what was listed before.
        walk.step(check, &container, Some(size)).await?;
        clear(cx, &container, &among(&walk.names(), &gone)).await?;
        // Added: on both sides of the last item, and of all others.
        walk.step(check, &container, Some(size)).await?;
        let last = walk.names().pop().into_iter().collect::<Vec<_>>();
        beside(cx, &container, &last).await?;
        walk.step(check, &container, Some(size)).await?;
        beside(cx, &container, &stay).await?;
        // Overwritten: all that stay.
        walk.step(check, &container, Some(size)).await?;
        fill(cx, &container, &stay).await?;
        // Deleted: the others, listed or not.
        walk.step(check, &container, Some(size)).await?;
        clear(cx, &container, &gone).await?;
        walk.finish(check, &container, ENDLESS, || Some(size))
            .await?;
        check.keys(&among(&walk.names(), &stay), &stay)?;
    }
    for size in [1, 2, 3] {
        divided(cx, &container, size).await?;
        for delimiter in [None, Some("#")] {
            last_removed(cx, &container, size, delimiter).await?;
        }
    }
    Ok(())
}

/// The object behind which the list goes on is gone when it does: a guest that deletes
/// what it lists, one page after the other, gets to the end.
async fn last_removed(
    cx: &Context,
    container: &Container,
    size: u32,
    delimiter: Option<&str>,
) -> Outcome {
    let prefix = format!("removed {size} {}/", delimiter.is_some());
    let all = some_names(cx, &prefix, 12);
    fill(cx, container, &all).await?;
    let check = cx.check(
        "TYP-PAGE-7",
        "read a list of which the last object of each page is deleted",
    );
    let mut walk = Walk::new(&prefix, delimiter);
    while !walk.ended && walk.pages.len() < ENDLESS {
        walk.step(check, container, Some(size)).await?;
        let last = names(walk.pages.last().into_iter().flatten()).pop();
        let last: Vec<String> = last.into_iter().collect();
        clear(cx, container, &last).await?;
    }
    check.that(walk.ended, "an end of the list", &walk.pages.len())?;
    check.keys(&walk.names(), &all)
}

/// A prefix stays in the list as long as an object of it is there, whichever that is.
async fn divided(cx: &Context, container: &Container, size: u32) -> Outcome {
    let prefix = format!("divided {size}/");
    let folders: Vec<String> = (0..8).map(|number| format!("{prefix}{number}/")).collect();
    let objects = |folder: &String, ends: [&str; 2]| ends.map(|end| [folder, end].concat());
    for folder in &folders {
        fill(cx, container, &objects(folder, ["b", "c"])).await?;
    }
    let check = cx.check(
        "TYP-PAGE-7",
        "read a divided list whose objects change between its pages",
    );
    let mut walk = Walk::new(&prefix, Some("/"));
    let mut changed: Vec<String> = Vec::new();
    while !walk.ended && walk.pages.len() < ENDLESS {
        walk.step(check, container, Some(size)).await?;
        let page = walk.pages.last().into_iter().flatten();
        let last = lines(page).pop().unwrap_or_default();
        let folder = last.strip_prefix("prefix ").unwrap_or_default().to_owned();
        if folders.contains(&folder) && !changed.contains(&folder) {
            // Others come at both of its ends before those go that were there.
            fill(
                cx,
                container,
                &objects(&folder, ["\0", "\u{10ffff}\u{10ffff}"]),
            )
            .await?;
            clear(cx, container, &objects(&folder, ["b", "c"])).await?;
            changed.push(folder);
        }
    }
    check.that(walk.ended, "an end of the list", &walk.pages.len())?;
    let expected: Vec<String> = folders
        .iter()
        .map(|folder| format!("prefix {folder}"))
        .collect();
    check.keys(&walk.lines(), &expected)
}

/// Adds objects right before and right behind each of `names`.
async fn beside(cx: &Context, container: &Container, names: &[String]) -> Outcome {
    let mut added = Vec::new();
    for name in names {
        let start = name.trim_end_matches('.');
        added.extend([[start, "-"], [name, "\0"], [name, "~"]].map(|parts| parts.concat()));
    }
    fill(cx, container, &added).await
}
