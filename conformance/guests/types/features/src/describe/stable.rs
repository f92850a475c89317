use conformance_kit::features::{Description, describe};
use conformance_kit::prelude::*;

case! {
    id: "types.describe.stable",
    title: "a binding has one and the same description whenever it is asked",
    clauses: ["TYP-FEAT-4"],
}

/// The description in an order of its own.
fn sorted(mut description: Description) -> (Vec<String>, Vec<String>, String) {
    description.features.sort_unstable();
    let mut limits: Vec<String> = description
        .limits
        .iter()
        .map(|limit| format!("{} {}", limit.id, limit.value))
        .collect();
    limits.sort_unstable();
    let rest = format!(
        "{} {}",
        description.durability as u8, description.visibility_bound
    );
    (description.features, limits, rest)
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let ask = || {
        let mut all = Vec::new();
        for name in [
            &names.primary,
            &names.secondary,
            &names.restricted,
            &names.absent,
        ] {
            all.push(sorted(cx.ok(describe("keyvalue", name))?));
        }
        Ok::<_, Stop>(all)
    };
    let first = ask()?;
    let store = cx.store().await?;
    for round in 0..8 {
        match round {
            0 => {}
            1 => cx.ok(store.set("key", b"value").await)?,
            2 => drop(cx.second_store().await?),
            3 => drop(cx.all_keys(&store, "", None).await?),
            4 => drop(cx.restricted_store().await?),
            5 => drop(describe("keyvalue", &names.denied)),
            6 => drop(describe("unknown", &names.primary)),
            _ => cx.ok(store.delete("key").await)?,
        }
        for (now, first) in ask()?.into_iter().zip(&first) {
            let check = cx.check("TYP-FEAT-4", "compare with the first description");
            check.equal(&now.0, &first.0)?;
            check.equal(&now.1, &first.1)?;
            check.equal(&now.2, &first.2)?;
        }
    }
    Ok(())
}
