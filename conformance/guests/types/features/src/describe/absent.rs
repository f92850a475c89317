use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    id: "types.describe.absent",
    title: "a granted name is described although there is no store under it, and stays without one",
    clauses: ["TYP-DESC-1", "TYP-FEAT-4", "KV-OPEN-2"],
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().absent;
    for _ in 0..2 {
        let description = cx
            .check("TYP-DESC-1", "describe a granted name without a store")
            .ok(describe("keyvalue", name))?;
        let mut features = description.features;
        features.sort_unstable();
        let mut declared = cx.names().features.clone();
        declared.sort_unstable();
        cx.check("TYP-FEAT-4", "compare with what the provider declares")
            .equal(features, declared)?;
        cx.check("KV-OPEN-2", "open a described name without a store")
            .fails(keyvalue::open(name).await, Kind::NotFound)?;
    }
    Ok(())
}
