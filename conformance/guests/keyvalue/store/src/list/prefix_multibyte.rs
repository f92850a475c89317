use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    /// Characters that share their first bytes, that look alike, that fold or
    /// compose into one another.
    id: "kv.list.prefix-multibyte",
    title: "prefixes of characters of several bytes match exactly their bytes",
    clauses: ["KV-LIST-2"],
}

const PARTS: [&str; 26] = [
    "é",
    "è",
    "e\u{301}",
    "e",
    "É",
    "ü",
    "u\u{308}",
    "ß",
    "ss",
    "ſ",
    "s",
    "ﬀ",
    "f",
    "İ",
    "i\u{307}",
    "ı",
    "漢",
    "漣",
    "字",
    "😀",
    "😁",
    "🚀",
    "👩\u{200d}🚀",
    "👩",
    "\u{200b}",
    "\u{feff}",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = Vec::new();
    for part in PARTS {
        for end in ["", "-a", "é", "\u{301}"] {
            keys.push([part, end].concat());
        }
    }
    keys.sort_unstable();
    keys.dedup();
    fill(cx, &store, &keys).await?;
    listed_by(cx, "KV-LIST-2", &store, &keys, &PARTS).await
}
