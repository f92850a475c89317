use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    /// The harness withholds all extended features from this binding.
    id: "types.features.restricted",
    title: "a binding without extended features declares none, and states the limits of the core",
    clauses: ["TYP-DESC-1", "TYP-FEAT-3", "TYP-FEAT-5", "TYP-LIMIT-1"],
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().restricted;
    for _ in 0..2 {
        let description = cx
            .check("TYP-DESC-1", "describe a binding without extended features")
            .ok(describe("keyvalue", name))?;
        cx.check("TYP-FEAT-5", "look for the core feature").that(
            description.features.iter().any(|id| id == "kv.store"),
            "kv.store among the features",
            &description,
        )?;
        // What it does not carry out it must not declare.
        cx.check("TYP-FEAT-3", "look for extended features")
            .equal(description.features.len(), 1)?;
        for id in ["kv.key.max-bytes", "kv.value.max-bytes", "kv.page.max-keys"] {
            let stated = description.limits.iter().find(|limit| limit.id == id);
            cx.check(
                "TYP-LIMIT-1",
                "compare a limit of the core with that of the provider",
            )
            .equal(stated.map(|limit| limit.value), Some(cx.limit(id)?))?;
        }
        cx.restricted_store().await?;
    }
    Ok(())
}
