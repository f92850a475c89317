use conformance_kit::prelude::*;

use crate::listing::{Walk, fill};

case! {
    /// Also where both lists have the same items.
    id: "blob.list.cursor-other-list",
    title: "a cursor is invalid with another prefix, another delimiter or in another container",
    clauses: ["TYP-PAGE-6"],
}

const NAMES: [&str; 8] = [
    "aa/1", "aa/2", "aa/3", "aa/4", "aa/b.c", "aa/b.d", "b/1", "b/2",
];

const LISTS: [(&str, Option<&str>); 14] = [
    ("", None),
    ("a", None),
    ("aa", None),
    ("aa/", None),
    ("b", None),
    ("A", None),
    ("", Some("/")),
    ("aa/", Some("/")),
    ("aa/", Some(".")),
    ("aa/", Some("-")),
    ("aa", Some("/")),
    ("b", Some("/1")),
    // One and the same text, divided in two places.
    ("aa", Some("/b")),
    ("aa/", Some("b")),
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    fill(cx, &container, &NAMES).await?;
    fill(cx, &other, &NAMES).await?;
    for issued in LISTS {
        let mut walk = Walk::new(issued.0, issued.1);
        let check = cx.check("TYP-PAGE-6", "read a page of one item");
        walk.step(check, &container, Some(1)).await?;
        // Lists of one item or none have no place to go on.
        let Some(cursor) = walk.cursor() else {
            continue;
        };
        for (prefix, delimiter) in LISTS {
            let message =
                format!("list {prefix:?} divided by {delimiter:?} from a cursor of {issued:?}");
            let check = cx.check("TYP-PAGE-6", &message);
            if (prefix, delimiter) != issued {
                let listed = container.list(prefix, delimiter, Some(cursor), None).await;
                check.fails(listed, Kind::InvalidArgument)?;
            }
            let listed = other.list(prefix, delimiter, Some(cursor), Some(2)).await;
            check.fails(listed, Kind::InvalidArgument)?;
        }
        walk.finish(check, &container, NAMES.len(), || Some(3))
            .await?;
        let expected = crate::listing::expected(&NAMES, issued.0, issued.1);
        check.keys(&walk.lines(), &expected)?;
    }
    Ok(())
}
