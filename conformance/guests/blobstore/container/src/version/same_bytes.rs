use conformance_kit::prelude::*;

use crate::facts::described;

case! {
    id: "blob.version.same-bytes",
    title: "writing what is there already gives the object another version",
    clauses: ["TYP-VER-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let large = cx.random_bytes(50_000);
    for bytes in [&b"same"[..], b"", &large] {
        let mut versions = Vec::new();
        for round in 0..6 {
            // The same in all, then other metadata alone.
            let value = format!("{}", round / 3);
            let options = described(None, &[("round", &value)]);
            let version = cx.ok(container.put_with("object", bytes, options).await)?;
            cx.check("TYP-VER-1", "compare with the versions before")
                .that(
                    !versions.contains(&version),
                    "a version that the object never had",
                    &version,
                )?;
            versions.push(version);
        }
        cx.ok(container.delete("object").await)?;
    }
    Ok(())
}
