use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    id: "types.describe.denied",
    title: "a name that is not granted is not described, whether or not it exists",
    clauses: ["TYP-DESC-2"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    // Before and after others were described and opened.
    for round in 0..2 {
        for name in [&names.denied, &names.unknown] {
            cx.check("TYP-DESC-2", "describe a name that is not granted")
                .fails(describe("keyvalue", name), Kind::AccessDenied)?;
        }
        if round == 0 {
            cx.ok(describe("keyvalue", &names.primary))?;
            cx.store().await?;
        }
    }
    Ok(())
}
