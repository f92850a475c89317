use conformance_kit::prelude::*;

case! {
    id: "blob.cond.create-after-delete",
    title: "an object that was deleted, moved or never was can be created, again and again",
    clauses: ["BLOB-COND-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for round in 0..6 {
        let bytes = cx.random_bytes(100);
        cx.check("BLOB-COND-1", "create an object that is absent")
            .ok(container.create("object", &bytes).await)?;
        cx.check("BLOB-COND-1", "get of an object that was created")
            .value(container.get("object").await, &bytes)?;
        match round % 3 {
            0 => cx.ok(container.delete("object").await)?,
            1 => drop(cx.ok(container.r#move("object", &container, "moved").await)?),
            _ => cx.ok(container.delete_many(&["other", "object"]).await)?,
        }
    }
    Ok(())
}
