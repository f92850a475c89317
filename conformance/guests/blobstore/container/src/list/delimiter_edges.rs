use conformance_kit::prelude::*;

use crate::listing::{expected, fill, read};

case! {
    /// Who goes on behind a prefix may look for the next text that does not start with it:
    /// these delimiters end in characters that have no next one, or one of more bytes.
    id: "blob.list.delimiter-edges",
    title: "a list goes on behind a prefix whatever character the delimiter ends in",
    clauses: ["BLOB-LIST-4", "TYP-PAGE-7"],
    timeout_s: 20,
}

const DELIMITERS: [&str; 4] = ["\u{7f}", "\u{d7ff}", "\u{10ffff}", "/\u{10ffff}"];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let ends = [
        "\u{80}",
        "\u{e000}",
        "\u{e000}b",
        "\u{10fffe}",
        "\u{10ffff}",
    ];
    let mut names: Vec<String> = ends.map(|end| ["a", end].concat()).to_vec();
    for delimiter in DELIMITERS {
        names.extend(["b", "c", delimiter].map(|end| ["a", delimiter, end].concat()));
    }
    names.push("b".to_owned());
    names.sort_unstable();
    names.dedup();
    fill(cx, &container, &names).await?;
    for delimiter in DELIMITERS {
        for prefix in ["", "a"] {
            let expected = expected(&names, prefix, Some(delimiter));
            // In single steps each prefix is the last of a page.
            for (clause, size) in [("BLOB-LIST-4", None), ("TYP-PAGE-7", Some(1))] {
                let message = format!("read a list divided by {}", delimiter.shown());
                let check = cx.check(clause, &message);
                let items = expected.len();
                let walk = read(check, &container, prefix, Some(delimiter), items, || size);
                check.keys(&walk.await?.lines(), &expected)?;
            }
        }
    }
    Ok(())
}
