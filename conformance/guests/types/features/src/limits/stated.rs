use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    id: "types.limits.stated",
    title: "every limit of a declared feature is stated, once and greater than zero",
    clauses: ["TYP-LIMIT-1"],
}

const LIMITS: &[(&str, &[&str])] = &[
    (
        "kv.store",
        &["kv.key.max-bytes", "kv.value.max-bytes", "kv.page.max-keys"],
    ),
    ("kv.batch", &["kv.batch.max-items"]),
    (
        "kv.expiry",
        &["kv.ttl.min-ns", "kv.ttl.max-ns", "kv.ttl.lateness-ns"],
    ),
];

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    for name in [
        &names.primary,
        &names.secondary,
        &names.restricted,
        &names.absent,
    ] {
        let description = cx.ok(describe("keyvalue", name))?;
        for (feature, limits) in LIMITS {
            let declared =
                *feature == "kv.store" || description.features.iter().any(|id| id == feature);
            for id in limits.iter().filter(|_| declared) {
                let stated = description
                    .limits
                    .iter()
                    .filter(|limit| limit.id == *id)
                    .count();
                cx.check("TYP-LIMIT-1", &format!("count how often {id} is stated"))
                    .equal(stated, 1)?;
            }
        }
        for limit in &description.limits {
            cx.check("TYP-LIMIT-1", &format!("look at {}", limit.id))
                .that(limit.value > 0, "greater than zero", &limit.value)?;
            let stated = description
                .limits
                .iter()
                .filter(|other| other.id == limit.id)
                .count();
            cx.check(
                "TYP-LIMIT-1",
                &format!("count how often {} is stated", limit.id),
            )
            .equal(stated, 1)?;
        }
    }
    Ok(())
}
