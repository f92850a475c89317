use conformance_kit::prelude::*;

use crate::refused::refused;

case! {
    id: "kv.counters.wrong-type.signs",
    title: "a number with a needless or lone sign is no counter",
    clauses: ["KV-INCR-5", "KV-INCR-7"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    refused(
        cx,
        &[
            "-0",
            "+0",
            "+5",
            "+",
            "-",
            "--5",
            "-+5",
            "5-",
            "5+",
            "\u{2212}5",
            "-00",
        ],
    )
    .await
}
