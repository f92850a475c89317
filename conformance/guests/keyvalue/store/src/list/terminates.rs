use conformance_kit::prelude::*;

use crate::listing::{NONE, fill, listed_by, read, some_keys, starting};

case! {
    /// A service that cuts its pages before it looks at the prefix returns pages
    /// without keys; the guest may not have to read those.
    id: "kv.list.terminates",
    title: "a list ends within as many pages as it has keys, plus two",
    clauses: ["TYP-PAGE-5", "KV-LIST-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = some_keys(cx, "", 60);
    for count in [1, 2, 5, 12] {
        keys.extend(some_keys(cx, &format!("{count}/"), count));
    }
    fill(cx, &store, &keys).await?;
    for count in [1, 2, 5, 12] {
        let prefix = format!("{count}/");
        let expected = starting(&keys, &prefix);
        for size in [Some(1), Some(2), Some(count as u32), None] {
            let check = cx.check("TYP-PAGE-5", "read a short list in a longer one");
            let pages = read(check, &store, &prefix, count, || size).await?;
            check.keys(&pages.concat(), &expected)?;
        }
    }
    for size in [1, 3, 40] {
        let check = cx.check("TYP-PAGE-5", "read a list to which no key belongs");
        let pages = read(check, &store, "4/", 0, || Some(size)).await?;
        check.keys(&pages.concat(), NONE)?;
    }
    listed_by(cx, "KV-LIST-3", &store, &keys, &["0/", "6/", "~", "\0"]).await
}
