use conformance_kit::prelude::*;

use crate::listing::{fill, read, some_keys};

case! {
    /// More keys than the provider puts into a page: asked for all of them, it
    /// has to return a part, and to go on.
    id: "kv.list.page-limit",
    title: "a page holds no more than kv.page.max-keys keys, and longer lists are complete",
    clauses: ["KV-LIST-8", "KV-LIST-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limit = cx.limit("kv.page.max-keys")?;
    let count = match usize::try_from(limit) {
        Ok(limit @ ..=1_000) => limit + 3 + cx.random_below(20) as usize,
        _ => 1_010,
    };
    let keys = some_keys(cx, "", count);
    fill(cx, &store, &keys).await?;
    let around = u32::try_from(limit).unwrap_or(u32::MAX);
    for size in [
        None,
        Some(u32::MAX),
        Some(around),
        Some(around.saturating_add(1)),
        Some((around - 1).max(1)),
    ] {
        let check = cx.check("KV-LIST-1", "read a long list");
        let pages = read(check, &store, "", count, || size).await?;
        check.keys(&pages.concat(), &keys)?;
        let longest = pages.iter().map(Vec::len).max().unwrap_or(0);
        cx.check("KV-LIST-8", "read a long list").that(
            longest as u64 <= limit,
            "no more keys in a page than kv.page.max-keys",
            &longest,
        )?;
    }
    Ok(())
}
