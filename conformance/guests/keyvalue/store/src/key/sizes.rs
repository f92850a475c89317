use conformance_kit::prelude::*;

use crate::support::{apart, changed};

case! {
    /// Names of files end at 255 bytes, and those of objects at other powers of
    /// two; an encoding may double or triple a key before it meets such an end.
    id: "kv.key.sizes",
    title: "keys of every portable length that differ in their last byte are different",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

const LENGTHS: [usize; 19] = [
    1, 2, 15, 31, 63, 64, 85, 100, 127, 128, 170, 191, 250, 255, 256, 257, 384, 511, 512,
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let text = cx.random_text(512);
    let keys: Vec<String> = LENGTHS
        .iter()
        .flat_map(|length| {
            let key = &text[..*length];
            [changed(key, length - 1, '0'), changed(key, length - 1, '1')]
        })
        .collect();
    apart(cx, &store, &keys).await
}
