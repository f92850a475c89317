use conformance_kit::prelude::*;

use crate::listing::{fill, read, some_size};

case! {
    id: "kv.list.random-keys",
    title: "keys of random characters of one to four bytes are listed exactly",
    clauses: ["KV-KEY-6", "KV-LIST-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys: Vec<String> = (0..80).map(|_| some_text(cx)).collect();
    keys.sort_unstable();
    keys.dedup();
    fill(cx, &store, &keys).await?;
    for most in [1, 5, 100] {
        let check = cx.check("KV-LIST-1", "read a list of random keys");
        let pages = read(check, &store, "", keys.len(), || some_size(cx, most)).await?;
        cx.check("KV-KEY-6", "read a list of random keys")
            .keys(&pages.concat(), &keys)?;
    }
    Ok(())
}

/// A text of 1 to 60 characters, about as many of each width.
fn some_text(cx: &Context) -> String {
    let character = |_| {
        let end = [0x80, 0x800, 0x1_0000, 0x11_0000][cx.random_below(4) as usize];
        char::from_u32(cx.random_below(end) as u32).unwrap_or('\u{fffd}')
    };
    (0..=cx.random_below(60)).map(character).collect()
}
