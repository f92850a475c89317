use conformance_kit::prelude::*;
use keyvalue::batch;

case! {
    id: "kv.batch.error-text",
    title: "the text of a refusal of a batch holds neither data of the guest nor anything of the installation",
    clauses: ["TYP-ERR-2"],
    requires: ["kv.batch"],
}

fn clean<T>(cx: &Context, result: Result<T, batch::BatchError>, own: &[&str]) -> Outcome {
    cx.check("TYP-ERR-2", "read the text of a refusal")
        .tells_nothing(result, own)
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let (key, value) = (cx.random_text(12), cx.random_text(12));
    let (key, value) = (key.as_str(), value.as_str());
    let own = [key, value];
    let repeated = [(key, value), (key, value)];
    clean(cx, batch::set_many(&store, &repeated).await, &own)?;
    let empty = [(key, value), ("", value)];
    clean(cx, batch::set_many(&store, &empty).await, &own)?;
    clean(cx, batch::get_many(&store, &[key, ""]).await, &own)?;
    clean(cx, batch::delete_many(&store, &[key, ""]).await, &own)
}
