use conformance_kit::prelude::*;

use crate::listing::{fill, filled, listed_by, name_limit};

case! {
    id: "blob.list.delimiter-others",
    title: "any text divides names: other characters, several of them, a whole name, the longest",
    clauses: ["BLOB-LIST-4", "BLOB-LIST-5"],
}

const NAMES: [&str; 16] = [
    "a.b", "a.c", "a-b", "a-c", "a b", "a😀b", "a😀c", "a//b", "a/b", "a//c/d", "xaby", "xabz",
    "xay", "whole", "a\0b", "a*b",
];
const DELIMITERS: [&str; 13] = [
    ".", "-", " ", "😀", "/", "//", "ab", "b", "whole", "\0", "*", "A", "é",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names = NAMES.map(str::to_owned).to_vec();
    let mut delimiters = DELIMITERS.map(str::to_owned).to_vec();
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
    Ok(())
}
