use conformance_kit::prelude::*;

case! {
    /// Page sizes around a divisor of the number of keys find errors at the edge
    /// of a page.
    id: "kv.list.pages",
    title: "the pages of a list hold every key exactly once, whatever the page size",
    clauses: ["KV-LIST-1", "TYP-PAGE-2"],
}

const PAGE_SIZES: [u32; 7] = [1, 2, 3, 4, 11, 12, 13];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..12).map(|number| format!("key-{number}")).collect();
    for key in &keys {
        cx.ok(store.set(key, b"").await)?;
    }
    for size in PAGE_SIZES {
        let page = cx.ok(store.list("", None, Some(size)).await)?;
        cx.check("TYP-PAGE-2", "read the first page").that(
            page.keys.len() <= size as usize,
            "no more keys than the page size",
            &page.keys,
        )?;
        let listed = cx.all_keys(&store, "", Some(size)).await?;
        cx.check("KV-LIST-1", &format!("read all pages of size {size}"))
            .keys(&listed, &keys)?;
    }
    Ok(())
}
