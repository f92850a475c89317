use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.ascii-inside",
    title: "every printable character of ASCII stands at any place of a key",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let word = cx.random_text(4);
    let place = |character: char| match cx.random_below(3) {
        0 => format!("{character}{word}"),
        1 => format!("{word}{character}{word}"),
        _ => format!("{word}{character}"),
    };
    // Letters would only make other words.
    let keys: Vec<String> = (' '..='~')
        .filter(|character| !character.is_ascii_lowercase())
        .map(place)
        .collect();
    apart(cx, &store, &keys).await
}
