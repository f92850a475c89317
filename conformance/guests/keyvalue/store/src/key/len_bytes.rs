use conformance_kit::prelude::*;

use crate::support::{apart, filled, key_limit};

case! {
    id: "kv.key.len-bytes",
    title: "the limit of a key counts bytes of UTF-8, not characters",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-5", "KV-KEY-6"],
}

/// Characters of one to four bytes.
const CHARACTERS: [char; 4] = ['x', 'é', '€', '\u{1f600}'];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = key_limit(cx)? else {
        return Ok(());
    };
    for character in CHARACTERS {
        for over in 1..=4 {
            let key = filled(character, limit + over);
            let message = format!("a key of {} bytes", key.len());
            let check = || cx.check("KV-KEY-5", &message);
            let refusal = Kind::TooLarge(limit as u64);
            check().fails(store.set(&key, b"value").await, refusal)?;
            check().fails(store.get(&key).await, refusal)?;
            check().fails(store.exists(&key).await, refusal)?;
            check().fails(store.delete(&key).await, refusal)?;
        }
    }
    let mut keys: Vec<String> = CHARACTERS.map(|one| filled(one, limit)).into();
    keys.extend(CHARACTERS.map(|one| filled(one, limit - 3)));
    apart(cx, &store, &keys).await
}
