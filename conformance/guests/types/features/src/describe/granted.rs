use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    id: "types.describe.granted",
    title: "a store that can be opened is described, with the core feature",
    clauses: ["TYP-DESC-1", "TYP-FEAT-5"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    for name in [&names.primary, &names.secondary, &names.restricted] {
        cx.ok(keyvalue::open(name).await)?;
        let description = cx
            .check("TYP-DESC-1", "describe a store that can be opened")
            .ok(describe("keyvalue", name))?;
        cx.check("TYP-FEAT-5", "look for the core feature").that(
            description.features.iter().any(|id| id == "kv.store"),
            "kv.store among the features",
            &description,
        )?;
    }
    Ok(())
}
