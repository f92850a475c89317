use conformance_kit::prelude::*;

use crate::listing::{ODD_NAMES, expected, fill, read, shuffle};

case! {
    /// Where other orders differ: by 16-bit units, by signed bytes, by length, by
    /// number, by letter, by language; prefixes stand among the objects.
    id: "blob.list.order",
    title: "a list is in the order of the bytes of its names and prefixes, over pages of any size",
    clauses: ["BLOB-LIST-9"],
    requires: ["blob.list.ordered"],
    timeout_s: 20,
}

const NAMES: [&str; 36] = [
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
    "k/b/c",
    "k0",
    "k00",
    "k1",
    "k10",
    "k2",
    "k9",
    "k-1",
    "kA",
    "kZ",
    "k_",
    "ka",
    "kaa",
    "kb/1",
    "kb",
    "kz",
    "k~",
    "k\u{7f}",
    "k\u{80}",
    "ké",
    "k\u{7ff}",
    "k\u{ffff}",
    "k\u{10000}",
    "k😀",
    "k\u{10ffff}",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names = [&NAMES[..], ODD_NAMES].concat();
    shuffle(cx, &mut names);
    fill(cx, &container, &names).await?;
    for (prefix, delimiter) in [
        ("", None),
        ("", Some("/")),
        ("k", None),
        ("k", Some("/")),
        ("k", Some("0")),
    ] {
        let expected = expected(&names, prefix, delimiter);
        for size in [None, Some(1), Some(3), Some(10)] {
            let check = cx.check("BLOB-LIST-9", "read an ordered list");
            let walk = read(check, &container, prefix, delimiter, expected.len(), || {
                size
            })
            .await?;
            in_order(check, &walk.lines(), &expected)?;
        }
    }
    Ok(())
}

fn in_order(check: Check<'_>, listed: &[String], expected: &[String]) -> Outcome {
    check.equal(listed.len(), expected.len())?;
    let place = listed.iter().zip(expected).position(|(a, b)| a != b);
    let from = place.unwrap_or(0).saturating_sub(1);
    check.equal(listed[from..].to_vec(), expected[from..].to_vec())
}
