use conformance_kit::prelude::*;

use crate::listing::{expected, fill, read};

case! {
    /// A service reads a container in steps of a thousand objects or so. What of a step is
    /// not in the list, or stands behind a prefix that came before, is not the guest's
    /// affair: it gets pages with items, and no prefix twice.
    id: "blob.list.behind-many",
    title: "a short list ends within as many pages as it has items, plus two, among thousands of other objects",
    clauses: ["TYP-PAGE-5", "BLOB-LIST-4"],
    lane: Lane::Slow,
    timeout_s: 120,
}

/// More than three such steps: a list of one item may have three pages.
const MANY: usize = 3_050;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names: Vec<String> = (0..MANY).map(|number| format!("m/{number:04}")).collect();
    names.extend((0..3).map(|number| format!("z/{number}")));
    fill(cx, &container, &names).await?;
    for (clause, prefix, delimiter) in [
        ("BLOB-LIST-4", "", Some("/")),
        ("BLOB-LIST-4", "m", Some("/")),
        ("TYP-PAGE-5", "z", Some("/")),
        ("TYP-PAGE-5", "z/", None),
        ("TYP-PAGE-5", "zz", None),
    ] {
        let lines = expected(&names, prefix, delimiter);
        let message = format!("read the list of {} behind many objects", prefix.shown());
        for size in [None, Some(2)] {
            let check = cx.check("TYP-PAGE-5", &message);
            let walk = read(check, &container, prefix, delimiter, lines.len(), || size);
            cx.check(clause, &message)
                .keys(&walk.await?.lines(), &lines)?;
        }
    }
    Ok(())
}
