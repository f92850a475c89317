use conformance_kit::prelude::*;

use crate::listing::some_keys;

case! {
    /// After every write there is one list only: a second one could be right
    /// where the first was not.
    id: "kv.list.own-writes",
    title: "a list that starts after a write or a deletion of the session shows it",
    clauses: ["KV-SESSION-3"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let other = cx.store().await?;
    let keys = some_keys(cx, "key-", 8);
    let mut present: Vec<&str> = Vec::new();
    for round in 0..60 {
        let key = keys[cx.random_below(8) as usize].as_str();
        let (writer, reader) = match round % 4 {
            0 => (&store, &other),
            1 => (&other, &store),
            _ => (&store, &store),
        };
        let held = present.len();
        present.retain(|other| *other != key);
        if present.len() < held && round % 3 != 0 {
            cx.ok(writer.delete(key).await)?;
        } else {
            cx.ok(writer.set(key, b"value").await)?;
            present.push(key);
        }
        let prefix = if round % 2 == 0 { "" } else { "key-" };
        let listed = reader.list(prefix, None, Some(1_000)).await;
        let mut page = cx.ok(listed)?;
        while let Some(cursor) = &page.cursor {
            let more = reader.list(prefix, Some(cursor), Some(1_000)).await;
            let more = cx.ok(more)?;
            page.keys.extend(more.keys);
            page.cursor = more.cursor;
            let check = cx.check("KV-SESSION-3", "read a list to its end");
            check.that(page.keys.len() < 100, "no more than 8 keys", &page.keys)?;
        }
        cx.check("KV-SESSION-3", "read a list after a write")
            .keys(&page.keys, &present)?;
    }
    Ok(())
}
