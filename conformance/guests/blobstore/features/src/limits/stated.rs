use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    id: "blob.limits.stated",
    title: "every limit of a declared feature is stated, once and greater than zero",
    clauses: ["TYP-LIMIT-1"],
}

const LIMITS: &[(&str, &[&str])] = &[
    (
        "blob.container",
        &[
            "blob.name.max-bytes",
            "blob.object.max-bytes",
            "blob.metadata.max-bytes",
            "blob.buffer.max-bytes",
            "blob.residue.max-ns",
            "blob.page.max-items",
            "blob.delete.max-names",
        ],
    ),
    (
        "blob.multipart",
        &[
            "blob.part.min-bytes",
            "blob.part.max-bytes",
            "blob.part.max-number",
            "blob.upload.max-idle-ns",
        ],
    ),
    ("blob.links", &["blob.link.max-ns"]),
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
        let stated = |id: &str| {
            let limits = description.limits.iter();
            limits.filter(|limit| limit.id == id).count()
        };
        for (feature, limits) in LIMITS {
            let declared =
                *feature == "blob.container" || description.features.iter().any(|id| id == feature);
            for id in limits.iter().filter(|_| declared) {
                cx.check("TYP-LIMIT-1", &format!("count how often {id} is stated"))
                    .equal(stated(id), 1)?;
            }
        }
        for limit in &description.limits {
            let message = format!("look at {}", limit.id);
            let check = cx.check("TYP-LIMIT-1", &message);
            check.that(limit.value > 0, "greater than zero", &limit.value)?;
            check.equal(stated(&limit.id), 1)?;
        }
    }
    Ok(())
}
