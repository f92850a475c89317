use conformance_kit::prelude::*;

use crate::refused::refused;

case! {
    id: "kv.counters.wrong-type.spaces",
    title: "a number with spaces, line ends or zero bytes around or in it is no counter",
    clauses: ["KV-INCR-5", "KV-INCR-7"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    refused(
        cx,
        &[
            " 5",
            "5 ",
            " 5 ",
            "5\n",
            "\n5",
            "5\r\n",
            "\t5",
            "5\t",
            "\u{b}5",
            "- 5",
            "1 000",
            "5\0",
            "\x005",
            "\0",
            " ",
            "\n",
            "\u{a0}5",
            "\u{feff}5",
        ],
    )
    .await
}
