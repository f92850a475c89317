use conformance_kit::prelude::*;

use crate::refused::refused;

case! {
    id: "kv.counters.wrong-type.beyond",
    title: "a number beyond 64 bits is no counter, whatever is added",
    clauses: ["KV-INCR-5", "KV-INCR-7"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let long = [
        "9".repeat(100),
        "-1".to_owned() + &"0".repeat(40),
        "1".repeat(4000),
    ];
    refused(
        cx,
        &[
            "9223372036854775808",
            "-9223372036854775809",
            "9223372036854775809",
            "10000000000000000000",
            "18446744073709551615",
            "18446744073709551616",
            "18446744073709551621",
            "-18446744073709551616",
            "99999999999999999999",
            "340282366920938463463374607431768211461",
            &long[0],
            &long[1],
            &long[2],
        ],
    )
    .await
}
