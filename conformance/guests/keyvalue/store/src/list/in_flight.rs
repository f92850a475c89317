use conformance_kit::prelude::*;

use crate::listing::{fill, read, some_keys, starting};
use crate::support::each;

case! {
    id: "kv.list.in-flight",
    title: "64 lists in flight at a time each hold their own keys",
    clauses: ["TYP-CALL-2", "KV-LIST-1"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = Vec::new();
    for number in 0..16 {
        keys.extend(some_keys(cx, &format!("{number}/"), number % 5));
    }
    fill(cx, &store, &keys).await?;
    let prefixes: Vec<String> = (0..64).map(|number| format!("{}/", number % 16)).collect();
    let lists = together(
        prefixes
            .iter()
            .map(|prefix| store.list(prefix, None, Some(10))),
    )
    .await;
    for (prefix, listed) in prefixes.iter().zip(lists) {
        let page = cx.check("TYP-CALL-2", "64 lists at a time").ok(listed)?;
        cx.check("KV-LIST-1", "64 lists at a time").that(
            page.keys.iter().all(|key| key.starts_with(prefix)),
            "keys with the prefix of this list",
            &page,
        )?;
    }
    let check = cx.check("KV-LIST-1", "read many lists at a time in pages of two");
    let lists = each(&prefixes, |prefix| {
        read(check, &store, prefix, 5, || Some(2))
    });
    for (prefix, pages) in prefixes.iter().zip(lists.await) {
        check.keys(&pages?.concat(), &starting(&keys, prefix))?;
    }
    Ok(())
}
