use conformance_kit::prelude::*;

use crate::listing::{ODD_KEYS, fill, read};

case! {
    /// Where other orders differ: by 16-bit units, by signed bytes, by length, by
    /// number, by letter, by language.
    id: "kv.list.order-bytes",
    title: "the order of a list is that of the bytes, the shorter key first",
    clauses: ["KV-LIST-6"],
    requires: ["kv.list.ordered"],
}

const KEYS: [&str; 44] = [
    "k",
    "k\0",
    "k\0\0",
    "k\0a",
    "k\u{1}",
    "k ",
    "k!",
    "k-",
    "k.",
    "k/",
    "k/a",
    "k0",
    "k00",
    "k1",
    "k10",
    "k2",
    "k9",
    "k-1",
    "k-2",
    "k:",
    "kA",
    "kB",
    "kZ",
    "k_",
    "ka",
    "kaa",
    "kab",
    "kb",
    "kz",
    "k~",
    "k\u{7f}",
    "k\u{80}",
    "k\u{ff}",
    "k\u{100}",
    "ké",
    "ke\u{301}",
    "kz\u{301}",
    "k\u{7ff}",
    "k\u{800}",
    "k\u{fffd}",
    "k\u{ffff}",
    "k\u{10000}",
    "k😀",
    "k\u{10ffff}",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys: Vec<String> = [&KEYS[..], ODD_KEYS]
        .concat()
        .into_iter()
        .map(str::to_owned)
        .collect();
    fill(cx, &store, &keys).await?;
    keys.sort_unstable();
    for size in [None, Some(1), Some(3)] {
        let check = cx.check("KV-LIST-6", "read an ordered list of odd keys");
        let listed = read(check, &store, "", keys.len(), || size).await?.concat();
        let place = listed.iter().zip(&keys).position(|(a, b)| a != b);
        let from = place.unwrap_or(0).saturating_sub(1);
        check.equal(listed.len(), keys.len())?;
        check.equal(listed[from..].to_vec(), keys[from..].to_vec())?;
    }
    Ok(())
}
