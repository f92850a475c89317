use conformance_kit::prelude::*;

case! {
    id: "blob.handle.same-data",
    title: "every function shows the same objects through all handles of one name",
    clauses: ["BLOB-HANDLE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let (a, b) = (cx.container().await?, cx.container().await?);
    let check = |message| cx.check("BLOB-HANDLE-1", message);
    let bytes = cx.random_bytes(100);
    let version = cx.ok(a.put("object", &bytes).await)?;
    check("get through a second handle").value(b.get("object").await, &bytes)?;
    let info = check("head through a second handle").some(b.head("object").await)?;
    check("head through a second handle").equal(&info.version, &version)?;
    check("list through a second handle").keys(&cx.all_names(&b, "", None).await?, &["object"])?;
    let (streamed, end) = b.names("").collect().await;
    cx.ok(end)?;
    check("names through a second handle").keys(&streamed, &["object"])?;
    check("copy through a second handle").ok(b.copy("object", &a, "copy").await)?;
    let late = cx.container().await?;
    check("get of a copy through a handle opened later").value(late.get("copy").await, &bytes)?;

    cx.ok(b.delete_many(&["object", "copy"]).await)?;
    for handle in [&a, &late] {
        check("get after a deletion through another handle").none(handle.get("object").await)?;
        check("head after a deletion through another handle").none(handle.head("copy").await)?;
        let listed = cx.all_names(handle, "", None).await?;
        check("list after a deletion through another handle").keys::<&str>(&listed, &[])?;
    }
    Ok(())
}
