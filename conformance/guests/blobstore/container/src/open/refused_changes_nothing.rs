use conformance_kit::prelude::*;

case! {
    id: "blob.open.refused-changes-nothing",
    title: "opens that are refused leave open handles and objects as they were",
    clauses: ["TYP-ERR-6", "BLOB-HANDLE-2"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let container = cx.container().await?;
    let bytes = cx.random_bytes(100);
    cx.ok(container.put("object", &bytes).await)?;
    for name in [&names.absent, &names.denied, &names.unknown, &String::new()] {
        let opened = blobstore::open(name).await;
        cx.check("TYP-ERR-6", "open a name that cannot be opened")
            .that(opened.is_err(), "an error", &opened.is_ok())?;
        cx.check("BLOB-HANDLE-2", "get through a handle that was open before")
            .value(container.get("object").await, &bytes)?;
    }
    let again = cx.container().await?;
    let listed = cx.all_names(&again, "", None).await?;
    cx.check("TYP-ERR-6", "list after opens were refused")
        .keys(&listed, &["object"])
}
