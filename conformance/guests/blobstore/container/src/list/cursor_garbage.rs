use conformance_kit::prelude::*;

use crate::listing::{each, fill, some_names};

case! {
    id: "blob.list.cursor-garbage",
    title: "a text that is no cursor is invalid, be it noise, a number, a name or empty",
    clauses: ["TYP-PAGE-6"],
}

const GARBAGE: [&str; 30] = [
    "",
    " ",
    "\0",
    "\n",
    "0",
    "1",
    "-1",
    "00",
    "0x1",
    "18446744073709551615",
    "a",
    "A",
    "AA",
    "AAA",
    "AAAA",
    "AA==",
    "====",
    "_",
    "-",
    "/",
    "..",
    "*",
    "%00",
    "null",
    "{}",
    "[]",
    "\"\"",
    "cursor",
    "é",
    "😀",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = some_names(cx, "a/", 5);
    let mut garbage = GARBAGE.map(str::to_owned).to_vec();
    // A cursor that is a name in plain text would let a guest choose its place.
    garbage.extend(names.iter().cloned());
    for length in [1, 16, 22, 32, 43, 64, 256, 1_000, 10_000] {
        garbage.push(cx.random_text(length));
        let digit = |_| char::from(b"0123456789abcdef"[cx.random_below(16) as usize]);
        garbage.push((0..length).map(digit).collect());
    }
    for present in [false, true] {
        if present {
            fill(cx, &container, &names).await?;
        }
        for (delimiter, size) in [(None, None), (Some("/"), Some(1))] {
            let list = |text| container.list("a/", delimiter, Some(text), size);
            let lists = each(&garbage, |text| list(text)).await;
            for (text, listed) in garbage.iter().zip(lists) {
                let message = format!("list from the cursor {}", text.shown());
                cx.check("TYP-PAGE-6", &message)
                    .fails(listed, Kind::InvalidArgument)?;
            }
        }
    }
    Ok(())
}
