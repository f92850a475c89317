use conformance_kit::prelude::*;

use crate::refused::refused;

case! {
    id: "kv.counters.wrong-type.notations",
    title: "numbers in other notations and texts are no counters",
    clauses: ["KV-INCR-5", "KV-INCR-7"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let text = cx.random_text(20);
    let long = "x".repeat(5000);
    refused(
        cx,
        &[
            "0x10", "0b1", "0o7", "1e3", "1E3", "1.0", "1.", ".5", "5.0", "1_000", "1,000", "5L",
            "5n", "inf", "NaN", "nil", "null", "true", "\"5\"", "[5]", "five", "\u{665}",
            "\u{ff15}", "5a", "a5", "value", &text, &long,
        ],
    )
    .await
}
