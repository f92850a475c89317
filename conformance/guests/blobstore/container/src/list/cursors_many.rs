use conformance_kit::prelude::*;

use crate::listing::{each, expected, fill, lines, some_names};

case! {
    /// Each list has a delimiter of its own, so that its cursor is no other's.
    id: "blob.list.cursors-many",
    title: "of many lists that were begun each goes on, the one that was begun first too",
    clauses: ["TYP-PAGE-9"],
    timeout_s: 30,
}

const LISTS: usize = 200;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = some_names(cx, "a/", 3);
    fill(cx, &container, &names).await?;
    let check = cx.check("TYP-PAGE-9", "begin a list beside many others");
    let delimiters: Vec<String> = (0..LISTS).map(|number| format!("#{number}")).collect();
    let begun = each(&delimiters, |delimiter| {
        container.list("a/", Some(delimiter), None, Some(1))
    });
    let mut places = Vec::with_capacity(LISTS);
    for (delimiter, page) in delimiters.iter().zip(begun.await) {
        let page = check.ok(page)?;
        let cursor = check.some(Ok::<_, Error>(page.cursor))?;
        places.push((delimiter.as_str(), lines(&page.items), cursor));
    }
    // The oldest alone, while all the others wait.
    let other = cx.container().await?;
    let (first, others) = places.split_at(1);
    for places in [first, others] {
        for lines in each(places, |place| rest(cx, &other, place)).await {
            check.keys(&lines?, &expected(&names, "a/", None))?;
        }
    }
    Ok(())
}

/// All lines of a list that was begun.
async fn rest(
    cx: &Context,
    container: &Container,
    (delimiter, begun, cursor): &(&str, Vec<String>, String),
) -> Result<Vec<String>, Stop> {
    let check = cx.check("TYP-PAGE-9", "go on with a list behind many others");
    let mut seen = begun.clone();
    let mut next = Some(cursor.clone());
    let mut pages = 1;
    while let Some(cursor) = next {
        check.that(pages < 5, "an end of the list", &seen)?;
        let page = container.list("a/", Some(delimiter), Some(&cursor), None);
        let page = check.ok(page.await)?;
        seen.extend(lines(&page.items));
        next = page.cursor;
        pages += 1;
    }
    Ok(seen)
}
