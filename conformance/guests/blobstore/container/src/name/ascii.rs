use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    id: "blob.name.ascii",
    title: "every printable character of ASCII is a name",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names: Vec<String> = (' '..='~').map(String::from).collect();
    apart(cx, &container, &names).await
}
