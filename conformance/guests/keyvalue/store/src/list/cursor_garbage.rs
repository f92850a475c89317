use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys};
use crate::support::each;

case! {
    id: "kv.list.cursor-garbage",
    title: "a text that is no cursor is invalid",
    clauses: ["TYP-PAGE-6"],
}

const GARBAGE: [&str; 44] = [
    "",
    " ",
    "\0",
    "\n",
    "0",
    "1",
    "-1",
    "2",
    "00",
    "1.0",
    "0x1",
    "18446744073709551615",
    "18446744073709551616",
    "a",
    "z",
    "A",
    "AA",
    "AAA",
    "AAAA",
    "AA==",
    "====",
    "_",
    "-",
    "+",
    "/",
    ".",
    "..",
    "*",
    "%",
    "%00",
    "null",
    "none",
    "undefined",
    "true",
    "{}",
    "[]",
    "\"\"",
    "{\"cursor\":0}",
    "cursor",
    "start",
    "é",
    "😀",
    "\u{10ffff}",
    "00000000-0000-0000-0000-000000000000",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "a", 5);
    let mut garbage: Vec<String> = GARBAGE.iter().map(|text| (*text).to_owned()).collect();
    for length in [1, 7, 16, 22, 32, 43, 64, 255, 256, 1_000, 100_000] {
        garbage.push(cx.random_text(length));
        let digit = |_| char::from(b"0123456789abcdef"[cx.random_below(16) as usize]);
        garbage.push((0..length).map(digit).collect());
    }
    for present in [false, true] {
        if present {
            fill(cx, &store, &keys).await?;
        }
        for (prefix, size) in [("", None), ("a", Some(1))] {
            let lists = each(&garbage, |text| store.list(prefix, Some(text), size)).await;
            for (text, listed) in garbage.iter().zip(lists) {
                let message = format!("list from the cursor {}", text.shown());
                cx.check("TYP-PAGE-6", &message)
                    .fails(listed, Kind::InvalidArgument)?;
            }
        }
    }
    Ok(())
}
