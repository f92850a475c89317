use conformance_kit::features::{Description, describe};
use conformance_kit::prelude::*;

case! {
    id: "blob.features.stable",
    title: "a binding of a container has one and the same description whenever it is asked",
    clauses: ["TYP-FEAT-4"],
}

/// The description in an order of its own.
fn sorted(mut description: Description) -> Vec<String> {
    let limit = |limit: &conformance_kit::features::Limit| format!("{} {}", limit.id, limit.value);
    let mut all: Vec<String> = description.limits.iter().map(limit).collect();
    all.append(&mut description.features);
    all.sort_unstable();
    let (class, bound) = (description.durability as u8, description.visibility_bound);
    all.push(format!("{class} {bound}"));
    all
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let granted = [
        &names.primary,
        &names.secondary,
        &names.restricted,
        &names.absent,
    ];
    let ask = || -> Result<Vec<Vec<String>>, Stop> {
        let described = granted.map(|name| cx.ok(describe("blobstore", name)).map(sorted));
        described.into_iter().collect()
    };
    let first = ask()?;
    let container = cx.container().await?;
    for round in 0..7 {
        match round {
            0 => {}
            1 => drop(cx.ok(container.put("object", b"bytes").await)?),
            2 => drop(cx.second_container().await?),
            3 => drop(cx.all_names(&container, "", None).await?),
            4 => drop(cx.restricted_container().await?),
            5 => drop(describe("blobstore", &names.denied)),
            _ => cx.ok(container.delete("object").await)?,
        }
        for (now, first) in ask()?.iter().zip(&first) {
            cx.check("TYP-FEAT-4", "compare with the first description")
                .equal(now, first)?;
        }
    }
    Ok(())
}
