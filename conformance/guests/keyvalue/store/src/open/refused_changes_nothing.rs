use conformance_kit::prelude::*;

case! {
    id: "kv.open.refused-changes-nothing",
    title: "opens that are refused leave open handles and data as they were",
    clauses: ["TYP-ERR-6", "KV-HANDLE-2"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let store = cx.store().await?;
    let value = cx.random_bytes(100);
    cx.ok(store.set("key", &value).await)?;
    for name in [&names.absent, &names.denied, &names.unknown, &String::new()] {
        let opened = keyvalue::open(name).await;
        cx.check("TYP-ERR-6", "open a name that cannot be opened")
            .that(opened.is_err(), "an error", &opened.is_ok())?;
        cx.check("KV-HANDLE-2", "get through a handle that was open before")
            .value(store.get("key").await, &value)?;
    }
    let again = cx.store().await?;
    let listed = cx.all_keys(&again, "", None).await?;
    cx.check("TYP-ERR-6", "list after opens were refused")
        .keys(&listed, &["key"])
}
