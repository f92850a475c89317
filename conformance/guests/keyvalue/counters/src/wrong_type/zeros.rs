use conformance_kit::prelude::*;

use crate::refused::refused;

case! {
    id: "kv.counters.wrong-type.zeros",
    title: "a number with leading zeros is no counter",
    clauses: ["KV-INCR-5", "KV-INCR-7"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let long = ["0".repeat(30), "0".repeat(18) + "5"];
    refused(
        cx,
        &[
            "00",
            "05",
            "01",
            "007",
            "-05",
            "-01",
            "000",
            &long[0],
            &long[1],
            "0123456789",
        ],
    )
    .await
}
