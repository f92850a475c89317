use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, some_keys};

case! {
    id: "kv.list.cursor-interleaved",
    title: "several lists of the same keys, each at its own pace, do not disturb one another",
    clauses: ["KV-LIST-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "key", 13);
    fill(cx, &store, &keys).await?;
    let mut lists: Vec<(Walk, u32)> = [("", 1), ("", 2), ("", 5), ("key", 1), ("key", 3)]
        .map(|(prefix, size)| (Walk::new(prefix), size))
        .into();
    let check = cx.check("KV-LIST-1", "read several lists of the same keys in turns");
    for _ in 0..keys.len() + 2 {
        for (walk, size) in &mut lists {
            walk.step(check, &store, Some(*size)).await?;
        }
    }
    for (walk, _) in lists {
        check.that(walk.ended, "an end of the list", &walk.pages.len())?;
        check.keys(&walk.keys(), &keys)?;
    }
    Ok(())
}
