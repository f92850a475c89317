use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    /// A range from the prefix to its successor needs a successor: there is none
    /// behind the last character, and around the surrogates it is far away.
    id: "kv.list.prefix-last-character",
    title: "prefixes that end in the last character of a range match what starts with them",
    clauses: ["KV-LIST-2"],
}

const LAST: [char; 14] = [
    '\0',
    '\u{1}',
    '/',
    '0',
    '~',
    '\u{7f}',
    '\u{80}',
    '\u{7ff}',
    '\u{800}',
    '\u{d7ff}',
    '\u{e000}',
    '\u{ffff}',
    '\u{10000}',
    '\u{10ffff}',
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let (mut keys, mut prefixes) = (Vec::new(), Vec::new());
    for stem in ["", "p", "\u{10ffff}"] {
        for character in LAST {
            let prefix = format!("{stem}{character}");
            for end in ["", "\0", "a", "\u{10ffff}"] {
                keys.push(format!("{prefix}{end}"));
            }
            prefixes.push(prefix);
        }
    }
    keys.push("p".to_owned());
    keys.sort_unstable();
    keys.dedup();
    fill(cx, &store, &keys).await?;
    listed_by(cx, "KV-LIST-2", &store, &keys, &prefixes).await
}
