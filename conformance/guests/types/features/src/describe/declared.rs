use conformance_kit::features::{Durability, describe};
use conformance_kit::prelude::*;

case! {
    /// What the harness knows of the provider decides which cases run; the guest
    /// has to hear the same.
    id: "types.describe.declared",
    title: "a description says what the provider declares: features, limits, bounds",
    clauses: ["TYP-DESC-1", "TYP-FEAT-4", "TYP-LIMIT-1"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let mut features = names.features.clone();
    features.sort_unstable();
    let shown = |limits: Vec<(String, u64)>| {
        let mut limits: Vec<String> = limits
            .iter()
            .map(|(id, value)| format!("{id} {value}"))
            .collect();
        limits.sort_unstable();
        limits
    };
    let limits = shown(names.limits.clone());
    for name in [&names.primary, &names.secondary] {
        let mut description = cx
            .check("TYP-DESC-1", "describe a store that can be opened")
            .ok(describe("keyvalue", name))?;
        description.features.sort_unstable();
        cx.check(
            "TYP-FEAT-4",
            "compare the features with those that the provider declares",
        )
        .equal(&description.features, &features)?;
        let stated = description
            .limits
            .into_iter()
            .map(|limit| (limit.id, limit.value))
            .collect();
        cx.check(
            "TYP-LIMIT-1",
            "compare the limits with those that the provider declares",
        )
        .equal(&shown(stated), &limits)?;
        cx.check("TYP-FEAT-4", "compare the visibility bound")
            .equal(description.visibility_bound, names.visibility_bound)?;
        let class = match description.durability {
            Durability::Volatile => "volatile",
            Durability::Process => "process",
            Durability::Durable => "durable",
        };
        cx.note(format!("durability class {class}"));
    }
    Ok(())
}
