use conformance_kit::prelude::*;

case! {
    id: "blob.get.missing",
    title: "get of an object that was never written returns none",
    clauses: ["BLOB-GET-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.check("BLOB-GET-2", "get of an absent object")
        .none(container.get("object").await)
}
