use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    id: "blob.name.ascii-inside",
    title: "every printable character of ASCII stands at any place of a name",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let word = cx.random_text(4);
    let place = |character: char| match cx.random_below(3) {
        0 => format!("{character}{word}"),
        1 => format!("{word}{character}{word}"),
        _ => format!("{word}{character}"),
    };
    // Letters would only make other words.
    let names: Vec<String> = (' '..='~')
        .filter(|character| !character.is_ascii_lowercase())
        .map(place)
        .collect();
    apart(cx, &container, &names).await
}
