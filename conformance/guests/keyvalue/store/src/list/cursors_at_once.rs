use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, shuffle, some_keys, some_size};

case! {
    /// A provider that keeps the places of lists can keep too few.
    id: "kv.list.cursors-at-once",
    title: "many lists that are read in turns all come to their own end",
    clauses: ["KV-LIST-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut lists: Vec<(Walk, Vec<String>)> = Vec::new();
    for number in 0..24 {
        let prefix = format!("{number}/");
        let keys = some_keys(cx, &prefix, 4);
        fill(cx, &store, &keys).await?;
        lists.push((Walk::new(&prefix), keys));
    }
    let check = cx.check("KV-LIST-1", "read many lists in turns");
    // None is read on before all of them were begun.
    for round in 0..7 {
        if round > 0 {
            shuffle(cx, &mut lists);
        }
        let sizes: Vec<_> = lists.iter().map(|_| some_size(cx, 2)).collect();
        let steps = lists.iter_mut().zip(sizes);
        for stepped in together(steps.map(|((walk, _), size)| walk.step(check, &store, size))).await
        {
            stepped?;
        }
    }
    for (mut walk, keys) in lists {
        walk.finish(check, &store, keys.len() + 8, || Some(1))
            .await?;
        check.keys(&walk.keys(), &keys)?;
    }
    Ok(())
}
