use conformance_kit::prelude::*;

use crate::apart::each;
use crate::facts::keeps;

case! {
    /// Services carry metadata in header fields, which have rules for blanks, line ends and
    /// what is not ASCII.
    id: "blob.meta.values",
    title: "values of metadata are any text, and come back byte for byte",
    clauses: ["BLOB-META-1", "BLOB-META-2"],
    timeout_s: 30,
}

const VALUES: [&str; 34] = [
    "",
    " ",
    "a",
    " a",
    "a ",
    "  a  b  ",
    "\ta\t",
    "a\nb",
    "a\r\nb: c",
    "\n",
    "\r",
    "\0",
    "a\0b",
    "\u{1}\u{7f}\u{85}",
    "é",
    "e\u{301}",
    "Привет",
    "日本語",
    "\u{1f600}",
    "\u{feff}a",
    "\u{ffff}",
    "\u{10ffff}",
    "=?utf-8?b?eA==?=",
    "=?UTF-8?Q?x?=",
    "%41",
    "%",
    "+",
    "a,b",
    "a, b",
    "\"a\"",
    "\"",
    "\\",
    "a;b=c",
    "{\"a\":1}",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let kept = each(&VALUES, |value| async {
        let name = format!("object {}", value.shown());
        keeps(cx, "BLOB-META-1", &container, &name, &[("key", value)]).await
    });
    for kept in kept.await {
        kept?;
    }
    // All of them together are still few bytes.
    let keys: Vec<String> = (0..VALUES.len()).map(|at| format!("key-{at}")).collect();
    let metadata: Vec<(&str, &str)> = keys.iter().map(String::as_str).zip(VALUES).collect();
    keeps(cx, "BLOB-META-2", &container, "all", &metadata).await
}
