use conformance_kit::prelude::*;

case! {
    id: "kv.open.absent",
    title: "a granted name without a store is not found",
    clauses: ["KV-OPEN-2"],
}

async fn run(cx: &Context) -> Outcome {
    cx.check("KV-OPEN-2", "open a granted name without a store")
        .fails(keyvalue::open(&cx.names().absent).await, Kind::NotFound)
}
