use conformance_kit::prelude::*;

use crate::facts::keeps;

case! {
    id: "blob.meta.roundtrip",
    title: "no, one and twenty entries come back with an object, each once",
    clauses: ["BLOB-META-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for count in [1, 20, 0, 2] {
        let texts: Vec<(String, String)> = (0..count)
            .map(|at| (format!("key-{at}"), cx.random_text(1 + at)))
            .collect();
        let metadata: Vec<(&str, &str)> = texts
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        keeps(cx, "BLOB-META-1", &container, "object", &metadata).await?;
    }
    Ok(())
}
