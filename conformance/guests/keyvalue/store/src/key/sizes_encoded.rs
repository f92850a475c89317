use conformance_kit::prelude::*;

use crate::support::{apart, filled};

case! {
    /// Percent encoding makes 1,536 bytes of 512 such bytes; whoever shortens
    /// them must not make two keys one.
    id: "kv.key.sizes-encoded",
    title: "keys of 512 bytes that an encoding makes longer are accepted and kept apart",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = Vec::new();
    for character in [
        '/',
        '%',
        '\0',
        '\u{1}',
        ' ',
        '.',
        '"',
        'A',
        'é',
        '€',
        '\u{1f600}',
    ] {
        let start = filled(character, 511);
        keys.push(format!("{start}y"));
        keys.push(format!("{start}z"));
        keys.push(start);
        keys.push(filled(character, 507));
    }
    apart(cx, &store, &keys).await
}
