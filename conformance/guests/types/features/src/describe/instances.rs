use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    actors: 3,
    id: "types.describe.instances",
    title: "all instances get the descriptions that the provider declares",
    clauses: ["TYP-DESC-1", "TYP-FEAT-4"],
}

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

async fn actor(cx: &Context, _index: u32) -> Observations {
    let names = cx.names();
    let mut seen = Vec::new();
    for name in [&names.primary, &names.secondary, &names.absent] {
        let described = describe("keyvalue", name);
        let description = cx
            .check("TYP-DESC-1", "describe in one of several instances")
            .ok(described)?;
        let mut features = description.features;
        features.sort_unstable();
        seen.push(features.join(" "));
    }
    Ok(seen)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let mut declared = cx.names().features.clone();
    declared.sort_unstable();
    let declared = declared.join(" ");
    for features in seen.iter().flatten() {
        cx.check("TYP-FEAT-4", "compare with what the provider declares")
            .equal(features, &declared)?;
    }
    Ok(())
}
