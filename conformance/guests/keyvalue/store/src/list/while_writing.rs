use conformance_kit::prelude::*;

use crate::listing::{among, fill, read, some_keys, some_size};

case! {
    id: "kv.list.while-writing",
    title: "lists hold every key that stays, once, while writes of the same instance are in flight",
    clauses: ["TYP-PAGE-7", "KV-LIST-1"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let (keys, others) = (some_keys(cx, "", 20), some_keys(cx, "", 40));
    fill(cx, &store, &keys).await?;
    fill(cx, &store, &others[..20]).await?;
    let check = cx.check(
        "TYP-PAGE-7",
        "read lists while keys are written and deleted",
    );
    let lists = together((0..6).map(|_| read(check, &store, "", 400, || some_size(cx, 7))));
    let changes = async {
        for round in 0..6 {
            let (gone, new) = others.split_at(20);
            let (gone, new) = if round % 2 == 0 {
                (gone, new)
            } else {
                (new, gone)
            };
            let deleted = together(gone.iter().map(|key| store.delete(key)));
            let written = together(new.iter().map(|key| store.set(key, b"value")));
            let (deleted, written) = both(deleted, written).await;
            for result in deleted.into_iter().chain(written) {
                cx.ok(result)?;
            }
        }
        Ok::<(), Stop>(())
    };
    let (lists, changed) = both(lists, changes).await;
    changed?;
    for pages in lists {
        check.keys(&among(&pages?.concat(), &keys), &keys)?;
    }
    let listed = cx.all_keys(&store, "", Some(11)).await?;
    cx.check("KV-LIST-1", "read a list after all writes")
        .keys(&listed, &[&keys[..], &others[..20]].concat())
}
