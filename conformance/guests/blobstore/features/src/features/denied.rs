use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    id: "blob.features.denied",
    title: "a container that is not granted is not described, whether or not it exists",
    clauses: ["TYP-DESC-2"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let upper = names.primary.to_uppercase();
    // Before and after others were described and opened.
    for round in 0..2 {
        for name in [&names.denied, &names.unknown, &upper] {
            cx.check("TYP-DESC-2", "describe a name that is not granted")
                .fails(describe("blobstore", name), Kind::AccessDenied)?;
        }
        // Granted are containers, not stores.
        cx.check("TYP-DESC-2", "describe a container as a store")
            .fails(describe("keyvalue", &names.primary), Kind::AccessDenied)?;
        if round == 0 {
            cx.ok(describe("blobstore", &names.primary))?;
            cx.container().await?;
        }
    }
    Ok(())
}
