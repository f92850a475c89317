use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    /// A list that leaves ended keys out page by page hands out empty pages, and
    /// more of them than TYP-PAGE-5 allows.
    id: "kv.expiry.list",
    title: "lists hold the keys that stayed and none of many that ended, in every page size",
    clauses: ["KV-EXPIRY-3", "KV-LIST-1", "KV-KEYS-1", "TYP-PAGE-2"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

const ALL: usize = 240;
/// At the beginning, at the end, alone and side by side.
const STAY: [usize; 7] = [0, 1, 57, 120, 121, 122, ALL - 1];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let ttl = cx.ttl_limits()?.ttl(40);
    let keys: Vec<String> = (0..ALL).map(|n| format!("key-{n:03}")).collect();
    let (ending, staying): (Vec<_>, Vec<_>) = keys
        .iter()
        .enumerate()
        .partition(|(place, _)| !STAY.contains(place));
    let staying: Vec<&String> = staying.into_iter().map(|(_, key)| key).collect();
    for result in together(staying.iter().map(|key| store.set(key, b"value"))).await {
        cx.ok(result)?;
    }
    for some in ending.chunks(60) {
        let calls = some
            .iter()
            .map(|(_, key)| expiry::set_expiring(&store, key, b"value", ttl));
        for result in together(calls).await {
            cx.ok(result)?;
        }
    }
    let last = cx.expiring(&store, "key-last", b"value", ttl).await?;
    cx.sleep_past(&last).await;
    for page_size in [Some(1), Some(2), Some(7), None] {
        let listed = cx.all_keys(&store, "key-", page_size).await?;
        cx.check("KV-LIST-1", "list after most keys have ended")
            .keys(&listed, &staying)?;
    }
    let page = cx.ok(store.list("", None, Some(3)).await)?;
    cx.check("TYP-PAGE-2", "one page after most keys have ended")
        .that(page.keys.len() <= 3, "at most 3 keys", &page)?;
    let (streamed, end) = store.keys("key-").collect().await;
    cx.ok(end)?;
    cx.check("KV-KEYS-1", "keys after most keys have ended")
        .keys(&streamed, &staying)?;
    let listed = cx.all_keys(&store, "key-05", None).await?;
    cx.check("KV-EXPIRY-3", "list a prefix of ended keys")
        .keys(&listed, &["key-057"])
}
