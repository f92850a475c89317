use conformance_kit::prelude::*;

use crate::listing::{NONE, fill, read, some_keys};
use crate::support::{changed, filled, key_limit};

case! {
    id: "kv.list.prefix-longest",
    title: "prefixes up to the limit of keys are accepted, whether or not they match",
    clauses: ["KV-LIST-4", "KV-LIST-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = key_limit(cx)? else {
        return Ok(());
    };
    fill(cx, &store, &some_keys(cx, "", 3)).await?;
    let longest = cx.random_text(limit);
    fill(cx, &store, &[&longest]).await?;
    for length in [1, 255, 256, 511, 512, limit - 1, limit] {
        for size in [None, Some(1)] {
            let check = cx.check("KV-LIST-4", "read a list by a long prefix");
            let pages = read(check, &store, &longest[..length.min(limit)], 4, || size).await?;
            let listed = pages.concat();
            check.that(listed.contains(&longest), "the longest key", &listed)?;
        }
    }
    let others = [
        changed(&longest, limit - 1, '0'),
        filled('é', limit),
        filled('😀', limit),
        filled('\0', limit),
    ];
    for prefix in others {
        let check = cx.check("KV-LIST-4", "read a list by a long prefix of no key");
        let pages = read(check, &store, &prefix, 0, || Some(2)).await?;
        cx.check("KV-LIST-3", "read a list by a long prefix of no key")
            .keys(&pages.concat(), NONE)?;
    }
    Ok(())
}
