use conformance_kit::prelude::*;

use crate::listing::{ODD_KEYS, fill, shuffle, some_keys};

case! {
    id: "kv.keys.order",
    title: "a stream is in the order of its keys' bytes, over more than one page",
    clauses: ["KV-KEYS-1", "KV-LIST-6"],
    requires: ["kv.list.ordered"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys: Vec<String> = ODD_KEYS.iter().map(|key| (*key).to_owned()).collect();
    let page = cx.limit("kv.page.max-keys")?.min(1_000) as usize;
    keys.extend(some_keys(cx, "é", page.max(100)));
    shuffle(cx, &mut keys);
    fill(cx, &store, &keys).await?;
    keys.sort_unstable();
    for prefix in ["", "é", "a"] {
        let mut expected = keys.clone();
        expected.retain(|key| key.starts_with(prefix));
        let (streamed, end) = store.keys(prefix).collect().await;
        cx.ok(end)?;
        let check = cx.check("KV-LIST-6", "read an ordered stream");
        let place = streamed.iter().zip(&expected).position(|(a, b)| a != b);
        let from = place.unwrap_or(0);
        cx.check("KV-KEYS-1", "read an ordered stream")
            .equal(streamed.len(), expected.len())?;
        check.equal(streamed[from..].to_vec(), expected[from..].to_vec())?;
    }
    Ok(())
}
