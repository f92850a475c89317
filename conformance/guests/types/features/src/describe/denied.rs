use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    id: "types.describe.denied",
    title: "a name that is not granted is not described, whether or not it exists",
    clauses: ["TYP-DESC-2"],
}

async fn run(cx: &Context) -> Outcome {
    for name in [&cx.names().denied, &cx.names().unknown] {
        cx.check("TYP-DESC-2", "describe a name that is not granted")
            .fails(describe("keyvalue", name), Kind::AccessDenied)?;
    }
    Ok(())
}
