use conformance_kit::prelude::*;

use crate::listing::{NONE, clear, fill, listed_by, some_keys};

case! {
    id: "kv.list.other-store",
    title: "a list holds the keys of its own store, whatever the others hold",
    clauses: ["KV-HANDLE-3", "KV-LIST-1"],
}

async fn run(cx: &Context) -> Outcome {
    let (store, second) = (cx.store().await?, cx.second_store().await?);
    let third = cx.restricted_store().await?;
    let shared = some_keys(cx, "a/", 6);
    let own = |prefix| -> Vec<String> { [shared.clone(), some_keys(cx, prefix, 7)].concat() };
    let keys = [own("a/first-"), own("a/second-"), own("b/")];

    fill(cx, &store, &keys[0]).await?;
    for other in [&second, &third] {
        let listed = cx.all_keys(other, "", None).await?;
        cx.check("KV-HANDLE-3", "read a list of an empty store")
            .keys(&listed, NONE)?;
    }
    fill(cx, &second, &keys[1]).await?;
    fill(cx, &third, &keys[2]).await?;
    let prefixes = ["", "a/", "a/first-", "a/second-", "b/", &shared[0]];
    for (store, keys) in [&store, &second, &third].into_iter().zip(&keys) {
        listed_by(cx, "KV-LIST-1", store, keys, &prefixes).await?;
    }
    clear(cx, &second, &keys[1]).await?;
    listed_by(cx, "KV-HANDLE-3", &second, NONE, &prefixes).await?;
    listed_by(cx, "KV-HANDLE-3", &store, &keys[0], &prefixes).await
}
