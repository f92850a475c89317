use conformance_kit::prelude::*;

use crate::listing::{NONE, expected, fill, read, some_names};

case! {
    /// A service that cuts its pages before it looks at prefix and delimiter returns
    /// pages without items; the guest may not have to read those.
    id: "blob.list.terminates",
    title: "a list ends within as many pages as it has items, plus two",
    clauses: ["TYP-PAGE-5"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names = some_names(cx, "", 40);
    for count in [1, 2, 5, 12] {
        names.extend(some_names(cx, &format!("{count}/a/"), count));
        names.extend(some_names(cx, &format!("{count}/b/"), 20));
    }
    fill(cx, &container, &names).await?;
    let check = cx.check("TYP-PAGE-5", "read a short list in a longer one");
    for count in [1, 2, 5, 12] {
        let lists = [
            (format!("{count}/a/"), None),
            (format!("{count}/"), Some("/")),
            (format!("{count}"), Some("/")),
        ];
        for (prefix, delimiter) in lists {
            let lines = expected(&names, &prefix, delimiter);
            for size in [Some(1), Some(2), Some(count as u32), None] {
                let walk = read(check, &container, &prefix, delimiter, lines.len(), || size);
                check.keys(&walk.await?.lines(), &lines)?;
            }
        }
    }
    for size in [1, 3, 40] {
        let walk = read(check, &container, "4/", Some("/"), 0, || Some(size)).await?;
        check.keys(&walk.lines(), NONE)?;
    }
    Ok(())
}
