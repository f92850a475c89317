use conformance_kit::prelude::*;

use crate::listing::{fill, read, some_keys};

case! {
    id: "kv.list.page-sizes",
    title: "a random number of keys is listed once in pages of any size, none of them over the size",
    clauses: ["KV-LIST-1", "TYP-PAGE-2"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let count = 20 + cx.random_below(30) as u32;
    let keys = some_keys(cx, "", count as usize);
    fill(cx, &store, &keys).await?;
    let random = 1 + cx.random_below(u64::from(count)) as u32;
    for size in [
        1,
        2,
        3,
        10,
        11,
        count / 2,
        count / 2 + 1,
        random,
        count - 1,
        count,
        count + 1,
    ] {
        let check = cx.check("KV-LIST-1", "read a list in pages of one size");
        let pages = read(check, &store, "", keys.len(), || Some(size)).await?;
        let message = format!("read {count} keys in pages of size {size}");
        cx.check("KV-LIST-1", &message)
            .keys(&pages.concat(), &keys)?;
        let longest = pages.iter().map(Vec::len).max().unwrap_or(0);
        cx.check("TYP-PAGE-2", &message).that(
            longest <= size as usize,
            "no more keys than the page size in any page",
            &longest,
        )?;
    }
    Ok(())
}
