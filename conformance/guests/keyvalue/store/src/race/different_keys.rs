use conformance_kit::prelude::*;

case! {
    actors: 4,
    id: "kv.race.different-keys",
    title: "instances that write different keys at a time lose none of each other's writes",
    clauses: ["KV-SET-1", "KV-SET-3", "KV-VISIBLE-1"],
    timeout_s: 30,
}

const KEYS: u32 = 32;

/// The keys of the instances alternate in order.
fn key(index: u32, number: u32) -> String {
    format!("key-{number:02}-{index}")
}

fn value(index: u32, number: u32) -> Vec<u8> {
    format!("{number} of {index}")
        .repeat(1 + number as usize)
        .into_bytes()
}

async fn prepare(cx: &Context) -> Outcome {
    cx.store().await.map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let entries: Vec<(String, Vec<u8>)> = (0..KEYS)
        .map(|number| (key(index, number), value(index, number)))
        .collect();
    for group in entries.chunks(8) {
        for written in together(group.iter().map(|(key, value)| store.set(key, value))).await {
            cx.check("KV-SET-1", "set while others write").ok(written)?;
        }
    }
    for (key, value) in &entries {
        cx.check("KV-SET-3", "get of an own key while others write")
            .value(store.get(key).await, value)?;
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let mut keys = Vec::new();
    for index in 0..seen.len() as u32 {
        let own: Vec<String> = (0..KEYS).map(|number| key(index, number)).collect();
        let values = together(own.iter().map(|key| store.get(key))).await;
        for (number, read) in (0..).zip(values) {
            cx.check("KV-VISIBLE-1", "get of what an instance wrote")
                .value(read, &value(index, number))?;
        }
        keys.extend(own);
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-SET-3", "list what all instances wrote")
        .keys(&listed, &keys)
}
