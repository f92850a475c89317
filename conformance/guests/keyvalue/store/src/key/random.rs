use conformance_kit::prelude::*;

use crate::support::{apart, long_key};

case! {
    id: "kv.key.random",
    title: "keys of random characters and lengths are accepted and kept apart",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

/// A code point out of the part of Unicode that a random width chooses.
fn character(cx: &Context) -> char {
    let end = [0x80, 0x800, 0x1_0000, 0x11_0000][cx.random_below(4) as usize];
    char::from_u32(cx.random_below(end) as u32).unwrap_or('\u{d7ff}')
}

fn key(cx: &Context, longest: usize) -> String {
    let most = [4, 40, 255, longest][cx.random_below(4) as usize] as u64;
    let length = 1 + cx.random_below(most) as usize;
    let mut key = String::new();
    loop {
        let next = character(cx);
        if key.len() + next.len_utf8() > length {
            break;
        }
        key.push(next);
    }
    if key.is_empty() {
        cx.random_text(1)
    } else {
        key
    }
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let longest = long_key(cx)?;
    let mut keys: Vec<String> = (0..32).map(|_| key(cx, longest)).collect();
    // A neighbour of each: its last character moved on by one.
    for at in 0..32 {
        let mut neighbour = keys[at].clone();
        let last = neighbour.pop().map_or(0, u32::from);
        neighbour.push(char::from_u32(last ^ 1).unwrap_or('?'));
        keys.push(neighbour);
    }
    keys.sort_unstable();
    keys.dedup();
    apart(cx, &store, &keys).await
}
