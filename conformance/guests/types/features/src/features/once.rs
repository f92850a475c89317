use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    id: "types.features.once",
    title: "every binding declares its features once each, the core feature among them",
    clauses: ["TYP-FEAT-4", "TYP-FEAT-5"],
}

const KNOWN: &[&str] = &[
    "kv.store",
    "kv.list.ordered",
    "kv.cas",
    "kv.counters",
    "kv.batch",
    "kv.expiry",
    "kv.transactions",
    "kv.watch",
];

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    for name in [
        &names.primary,
        &names.secondary,
        &names.restricted,
        &names.absent,
    ] {
        let mut features = cx.ok(describe("keyvalue", name))?.features;
        let core = features.iter().any(|id| id == "kv.store");
        cx.check("TYP-FEAT-5", "look for the core feature").that(
            core,
            "kv.store among the features",
            &features,
        )?;
        features.sort_unstable();
        let mut once = features.clone();
        once.dedup();
        cx.check("TYP-FEAT-4", "look for repeated features")
            .equal(&features, &once)?;
        // A capability may grow; an id that nobody knows is worth a look.
        for id in features.iter().filter(|id| !KNOWN.contains(&id.as_str())) {
            cx.note(format!("declares {id}, which this suite does not know"));
        }
    }
    Ok(())
}
