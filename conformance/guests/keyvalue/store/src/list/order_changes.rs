use conformance_kit::prelude::*;

use crate::listing::{Walk, clear, fill, shuffle, some_keys, some_size};

case! {
    id: "kv.list.order-changes",
    title: "a list stays in ascending order over all pages while keys come and go",
    clauses: ["KV-LIST-6", "TYP-PAGE-7"],
    requires: ["kv.list.ordered"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = some_keys(cx, "", 20);
    let mut others = some_keys(cx, "", 20);
    fill(cx, &store, &keys).await?;
    keys.sort_unstable();
    for _ in 0..4 {
        let mut walk = Walk::new("");
        let check = cx.check("KV-LIST-6", "read an ordered list while keys come and go");
        while !walk.ended {
            walk.step(check, &store, some_size(cx, 5)).await?;
            check.that(
                walk.pages.len() < 60,
                "an end of the list",
                &walk.pages.len(),
            )?;
            shuffle(cx, &mut others);
            clear(cx, &store, &others[..6]).await?;
            fill(cx, &store, &others[4..12]).await?;
        }
        let listed = walk.keys();
        let ascends = listed.windows(2).all(|pair| pair[0] < pair[1]);
        check.that(ascends, "ascending keys", &listed)?;
        let stayed: Vec<String> = listed
            .into_iter()
            .filter(|key| keys.contains(key))
            .collect();
        cx.check("TYP-PAGE-7", "read an ordered list while keys come and go")
            .equal(stayed, keys.clone())?;
    }
    Ok(())
}
