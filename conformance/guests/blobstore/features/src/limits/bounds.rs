use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    id: "blob.limits.bounds",
    title: "every limit lies within its portable bound, the smallest part below the largest",
    clauses: ["TYP-LIMIT-2", "TYP-LIMIT-3"],
}

const HOUR: u64 = 3_600_000_000_000;
const AT_LEAST: &[(&str, u64)] = &[
    ("blob.name.max-bytes", 512),
    ("blob.object.max-bytes", 1 << 30),
    ("blob.metadata.max-bytes", 1_024),
    ("blob.page.max-items", 1),
    ("blob.delete.max-names", 1_000),
    ("blob.part.max-bytes", 64 << 20),
    ("blob.part.max-number", 10_000),
    ("blob.upload.max-idle-ns", 24 * HOUR),
    ("blob.link.max-ns", HOUR),
];
const AT_MOST: &[(&str, u64)] = &[
    ("blob.buffer.max-bytes", 64 << 20),
    ("blob.residue.max-ns", 7 * 24 * HOUR),
    ("blob.part.min-bytes", 5 << 20),
];

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    for name in [
        &names.primary,
        &names.secondary,
        &names.restricted,
        &names.absent,
    ] {
        let description = cx.ok(describe("blobstore", name))?;
        let value = |id: &str| {
            let limit = description.limits.iter().find(|limit| limit.id == id);
            limit.map(|limit| limit.value)
        };
        if let (Some(least), Some(most)) =
            (value("blob.part.min-bytes"), value("blob.part.max-bytes"))
        {
            cx.check("TYP-LIMIT-3", "compare the smallest and the largest part")
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
