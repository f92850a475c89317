use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    id: "blob.features.declared",
    title: "a container that can be opened is described as declared, with the core feature",
    clauses: ["TYP-DESC-1", "TYP-FEAT-4", "TYP-FEAT-5"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let mut declared = names.features.clone();
    declared.sort_unstable();
    for name in [&names.primary, &names.restricted, &names.absent] {
        let check = cx.check("TYP-DESC-1", "describe a granted name");
        let mut features = check.ok(describe("blobstore", name))?.features;
        features.sort_unstable();
        cx.check("TYP-FEAT-5", "look for the core feature").that(
            features.iter().any(|id| id == "blob.container"),
            "blob.container among the features",
            &features,
        )?;
        let check = cx.check("TYP-FEAT-4", "look for repeated features");
        let mut once = features.clone();
        once.dedup();
        check.equal(&features, &once)?;
        if name != &names.restricted {
            check.equal(&features, &declared)?;
        } else {
            // The harness withholds all extended features from this binding.
            check.equal(features, vec!["blob.container".to_owned()])?;
        }
    }
    Ok(())
}
