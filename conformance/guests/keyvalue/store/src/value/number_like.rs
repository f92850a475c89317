use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.number-like",
    title: "a value that looks like a number is not parsed",
    clauses: ["KV-VALUE-1"],
}

const VALUES: [&str; 24] = [
    "0",
    "1",
    "-1",
    "007",
    "+1",
    "-0",
    "00",
    "1.0",
    "1.50",
    ".5",
    "1e5",
    "1E5",
    "1e400",
    "0x10",
    "NaN",
    "Infinity",
    " 1",
    "1 ",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "0.1000000000000000055511151231257827",
    "9007199254740993",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    keeps_all(cx, &store, &VALUES).await
}
