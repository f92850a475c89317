use std::collections::BTreeSet;

use conformance_kit::prelude::*;

case! {
    /// More writes than a byte can count.
    id: "blob.version.unique",
    title: "no version of an object comes twice in 270 writes of all kinds, deletions between them",
    clauses: ["TYP-VER-1", "TYP-VER-3"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("source", b"bytes").await)?;
    let mut seen = BTreeSet::new();
    let mut last: Option<String> = None;
    for _ in 0..270 {
        let bytes = cx.random_bytes(cx.random_below(3) as usize);
        let version = match (&last, cx.random_below(20)) {
            (Some(_), 0) => {
                cx.ok(container.delete("object").await)?;
                cx.ok(container.create("object", &bytes).await)?
            }
            (Some(_), 1) => {
                cx.ok(container.delete_many(&["object"]).await)?;
                cx.ok(container.put("object", &bytes).await)?
            }
            (Some(_), 2) => cx.ok(container.copy("source", &container, "object").await)?,
            (Some(_), 3) => {
                cx.ok(container.copy("source", &container, "moving").await)?;
                cx.ok(container.r#move("moving", &container, "object").await)?
            }
            (Some(version), 4..12) => cx.ok(container.replace("object", &bytes, version).await)?,
            _ => cx.ok(container.put("object", &bytes).await)?,
        };
        cx.check("TYP-VER-3", "measure a version").that(
            (1..=256).contains(&version.len()),
            "1 to 256 bytes",
            &version,
        )?;
        cx.check("TYP-VER-1", "compare with all versions before")
            .that(seen.insert(version.clone()), "a new version", &version)?;
        last = Some(version);
    }
    Ok(())
}
