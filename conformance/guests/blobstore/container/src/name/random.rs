use std::collections::BTreeSet;

use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    id: "blob.name.random",
    title: "random names of characters of one to four bytes are kept apart",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "TYP-TEXT-1"],
    timeout_s: 30,
}

/// Where characters are drawn from: where they begin, and how many there are.
const RANGES: [(u32, u64); 9] = [
    (0x0, 0x20),
    (0x20, 0x5f),
    (0x20, 0x5f),
    (0x7f, 0x780),
    (0x300, 0x70),
    (0x800, 0xd000),
    (0xe000, 0x2000),
    (0x1_0000, 0x1_0000),
    (0x10_0000, 0x1_0000),
];

fn character(cx: &Context) -> char {
    let (start, count) = RANGES[cx.random_below(RANGES.len() as u64) as usize];
    char::from_u32(start + cx.random_below(count) as u32).unwrap_or('\u{fffd}')
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names = BTreeSet::new();
    while names.len() < 100 {
        let length = 1 + cx.random_below(30);
        names.insert((0..length).map(|_| character(cx)).collect::<String>());
    }
    let names: Vec<String> = names.into_iter().collect();
    apart(cx, &container, &names).await
}
