use conformance_kit::prelude::*;

case! {
    /// A number that is counted in the object starts again when the object is gone.
    id: "blob.version.recreated",
    title: "an object that was deleted and created again has none of its earlier versions",
    clauses: ["TYP-VER-1", "BLOB-COND-2"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut old: Vec<String> = Vec::new();
    cx.ok(container.put("source", b"bytes").await)?;
    for life in 0..6 {
        // Lives of several lengths, so that a count meets each earlier one.
        for write in 0..=(life + 2) % 4 {
            // By each function that a life can begin with.
            let written = match (write, life % 4) {
                (0, 0) => container.create("object", b"bytes").await,
                (0, 1) => container.copy("source", &container, "object").await,
                (0, 3) => {
                    cx.ok(container.put("moved", b"bytes").await)?;
                    container.r#move("moved", &container, "object").await
                }
                _ => container.put("object", b"bytes").await,
            };
            let version = cx.ok(written)?;
            cx.check("TYP-VER-1", "compare with all versions before")
                .that(
                    !old.contains(&version),
                    "a version that the object never had",
                    &version,
                )?;
            for before in &old {
                let replaced = container.replace("object", b"lost", before).await;
                cx.check("BLOB-COND-2", "put by a version of before")
                    .fails(replaced, Kind::PreconditionFailed)?;
            }
            old.push(version);
        }
        if life % 3 == 0 {
            cx.ok(container.delete_many(&["object"]).await)?;
        } else {
            cx.ok(container.delete("object").await)?;
        }
        let last = old.last().map_or("", String::as_str);
        let replaced = container.replace("object", b"lost", last).await;
        cx.check("BLOB-COND-2", "put by the version of a deleted object")
            .fails(replaced, Kind::PreconditionFailed)?;
        cx.check("BLOB-COND-2", "get after that")
            .none(container.get("object").await)?;
    }
    Ok(())
}
