use conformance_kit::prelude::*;

use crate::listing::fill;

case! {
    /// Also where both prefixes stand for the same keys.
    id: "kv.list.cursor-other-prefix",
    title: "a cursor is invalid with another prefix than it was issued for",
    clauses: ["TYP-PAGE-6", "KV-LIST-1"],
}

const KEYS: [&str; 6] = ["aa1", "aa2", "aa3", "aa4", "b1", "b2"];
const PREFIXES: [&str; 9] = ["", "a", "aa", "aa2", "b", "A", "aa\0", "a*", "aa "];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    fill(cx, &store, &KEYS).await?;
    for issued_for in ["", "a", "aa", "b"] {
        let page = cx.ok(store.list(issued_for, None, Some(1)).await)?;
        let Some(cursor) = page.cursor else {
            let check = cx.check("KV-LIST-1", "read a page of one key");
            return check.that(false, "a cursor while keys are left", &page);
        };
        for prefix in PREFIXES {
            if prefix == issued_for {
                continue;
            }
            for size in [None, Some(1)] {
                let message = format!("list {prefix:?} from a cursor of {issued_for:?}");
                cx.check("TYP-PAGE-6", &message).fails(
                    store.list(prefix, Some(&cursor), size).await,
                    Kind::InvalidArgument,
                )?;
            }
        }
        let rest = cx.ok(store.list(issued_for, Some(&cursor), None).await)?;
        let repeated = rest.keys.iter().any(|key| page.keys.contains(key));
        cx.check("KV-LIST-1", "read on after refused cursors")
            .that(!repeated, "no key of the page before", &rest)?;
    }
    Ok(())
}
