use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    id: "types.limits.bounds",
    title: "every limit lies within its portable bound, the shortest below the longest",
    clauses: ["TYP-LIMIT-2", "TYP-LIMIT-3"],
}

const MINUTE: u64 = 60_000_000_000;
const AT_LEAST: &[(&str, u64)] = &[
    ("kv.key.max-bytes", 512),
    ("kv.value.max-bytes", 24_576),
    ("kv.page.max-keys", 1),
    ("kv.batch.max-items", 25),
    ("kv.ttl.max-ns", 24 * 60 * MINUTE),
];
const AT_MOST: &[(&str, u64)] = &[("kv.ttl.min-ns", MINUTE), ("kv.ttl.lateness-ns", MINUTE)];

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    for name in [
        &names.primary,
        &names.secondary,
        &names.restricted,
        &names.absent,
    ] {
        let description = cx.ok(describe("keyvalue", name))?;
        let value = |id: &str| {
            let limit = description.limits.iter().find(|limit| limit.id == id);
            limit.map(|limit| limit.value)
        };
        if let (Some(least), Some(most)) = (value("kv.ttl.min-ns"), value("kv.ttl.max-ns")) {
            cx.check(
                "TYP-LIMIT-3",
                "compare the shortest and the longest time to live",
            )
            .that(least <= most, &format!("at most {most}"), &least)?;
        }
        for (id, bound) in AT_LEAST {
            if let Some(value) = value(id) {
                cx.check("TYP-LIMIT-2", &format!("look at {id}")).that(
                    value >= *bound,
                    &format!("at least {bound}"),
                    &value,
                )?;
            }
        }
        for (id, bound) in AT_MOST {
            if let Some(value) = value(id) {
                cx.check("TYP-LIMIT-2", &format!("look at {id}")).that(
                    value <= *bound,
                    &format!("at most {bound}"),
                    &value,
                )?;
            }
        }
    }
    Ok(())
}
