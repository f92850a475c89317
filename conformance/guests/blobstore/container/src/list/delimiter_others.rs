use conformance_kit::prelude::*;

use crate::listing::{expected, fill, filled, listed_by, name_limit, read};

case! {
    id: "blob.list.delimiter-others",
    title: "any text divides names: other characters, several of them, a whole name, the longest",
    clauses: ["BLOB-LIST-4", "BLOB-LIST-5"],
    timeout_s: 20,
}

const NAMES: [&str; 16] = [
    "a.b", "a.c", "a-b", "a-c", "a b", "a😀b", "a😀c", "a//b", "a/b", "a//c/d", "xaby", "xabz",
    "xay", "whole", "a\0b", "a*b",
];
/// Characters that have no next one, or one with more bytes, and those around them.
const EDGES: [&str; 6] = [
    "\u{7f}",
    "\u{80}",
    "\u{d7ff}",
    "\u{e000}",
    "\u{10fffe}",
    "\u{10ffff}",
];
const DELIMITERS: [&str; 13] = [
    ".", "-", " ", "😀", "/", "//", "ab", "b", "whole", "\0", "*", "A", "é",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names = NAMES.map(str::to_owned).to_vec();
    let mut delimiters = DELIMITERS.map(str::to_owned).to_vec();
    for edge in EDGES {
        names.extend(["b", "c", edge].map(|end| ["a", edge, end].concat()));
        delimiters.push(edge.to_owned());
    }
    if let Some(limit) = name_limit(cx)? {
        names.push(filled('é', limit));
        delimiters.push(filled('é', limit));
        delimiters.push(filled('x', limit));
    }
    delimiters.push(filled('x', 512));
    fill(cx, &container, &names).await?;
    for (clause, prefix) in [
        ("BLOB-LIST-5", ""),
        ("BLOB-LIST-4", "a"),
        ("BLOB-LIST-4", "x"),
    ] {
        let lists: Vec<_> = delimiters
            .iter()
            .map(|delimiter| (prefix, Some(delimiter.as_str())))
            .collect();
        listed_by(cx, clause, &container, &names, &lists).await?;
    }
    // Each prefix is the last of a page once.
    for edge in EDGES {
        let expected = expected(&names, "", Some(edge));
        let message = format!("read a list divided by {} in single steps", edge.shown());
        let check = cx.check("BLOB-LIST-4", &message);
        let walk = read(check, &container, "", Some(edge), expected.len(), || {
            Some(1)
        });
        check.keys(&walk.await?.lines(), &expected)?;
    }
    Ok(())
}
