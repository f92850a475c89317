use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    id: "blob.name.percent-encoding",
    title: "what a URL would encode or decode stays as it is",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "BLOB-NAME-3"],
}

const NAMES: &[&str] = &[
    "a%2Fb", "a/b", "a%2fb", "a%252Fb", "%", "%25", "%%", "%2", "%zz", "+", " ", "%20", "%2B",
    "a+b", "a b", "a%20b", "%41", "A", "%C3%A9", "é", "%00", "\0", "a?b", "a", "a#b", "a&b=c",
    "a%3Fb",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
