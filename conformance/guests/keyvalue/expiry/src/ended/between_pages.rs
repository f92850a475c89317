use conformance_kit::prelude::*;

case! {
    id: "kv.expiry.between-pages",
    title: "a list goes on behind keys that end between two pages",
    clauses: ["TYP-PAGE-5", "TYP-PAGE-7", "KV-EXPIRY-3"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut staying = Vec::new();
    for place in (0..20).step_by(2) {
        let key = format!("key-{place:02}");
        cx.ok(store.set(&key, b"value").await)?;
        staying.push(key);
    }
    // Every other key ends, so that any page ends at or beside one that does.
    let ttl = cx.ttl_limits()?.ttl(60);
    let mut spans = Vec::new();
    for place in (1..20).step_by(2) {
        spans.push(
            cx.expiring(&store, &format!("key-{place:02}"), b"value", ttl)
                .await?,
        );
    }
    let mut lists = Vec::new();
    for page_size in 1..=5 {
        let page = cx.ok(store.list("key-", None, Some(page_size)).await)?;
        lists.push((page.keys, page.cursor));
    }
    for span in &spans {
        cx.sleep_past(span).await;
    }
    for (mut keys, mut cursor) in lists {
        let first = keys.len();
        for _ in 0..40 {
            let Some(place) = cursor else {
                break;
            };
            let page = cx.ok(store.list("key-", Some(&place), Some(3)).await)?;
            keys.extend(page.keys);
            cursor = page.cursor;
        }
        cx.check("TYP-PAGE-5", "count the pages of 20 keys").that(
            cursor.is_none(),
            "no cursor after 40 pages",
            "a cursor",
        )?;
        let mut stayed = keys.clone();
        stayed.retain(|key| staying.contains(key));
        cx.check(
            "TYP-PAGE-7",
            "list keys of which half ended after the first page",
        )
        .keys(&stayed, &staying)?;
        keys.drain(..first);
        keys.retain(|key| !staying.contains(key));
        cx.check("KV-EXPIRY-3", "look for ended keys in later pages")
            .keys::<&str>(&keys, &[])?;
    }
    Ok(())
}
