use conformance_kit::prelude::*;

case! {
    id: "blob.containers.core-alone",
    title: "the core works in a binding without any extended feature",
    clauses: ["TYP-FEAT-3"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.restricted_container().await?;
    let bytes = cx.random_bytes(500);
    let message = "use the core where no feature is declared";
    let check = cx.check("TYP-FEAT-3", message);
    let version = check.ok(container.create("object", &bytes).await)?;
    check.value(container.get("object").await, &bytes)?;
    let read = check.ok(container.begin_get("object", None, Some(&version)).await)?;
    check.that(read.is_some(), "the object", "none")?;
    let version = check.ok(container.replace("object", &bytes, &version).await)?;
    let info = check.some(container.head("object").await)?;
    check.equal(&info.version, &version)?;
    check.ok(container.copy("object", &container, "copy").await)?;
    check.ok(container.r#move("copy", &container, "moved").await)?;
    let items = cx.all_items(&container, "", Some("o"), None).await?;
    check.items(&items, &["mo*", "o*"])?;
    let (streamed, end) = container.names("").collect().await;
    check.ok(end)?;
    check.keys(&streamed, &["object", "moved"])?;
    check.ok(container.delete_many(&["moved"]).await)?;
    check.ok(container.delete("object").await)?;
    let listed = cx.all_names(&container, "", None).await?;
    check.keys::<&str>(&listed, &[])
}
