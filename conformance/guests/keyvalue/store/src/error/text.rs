use conformance_kit::prelude::*;

case! {
    id: "kv.error.text",
    title: "the text of an error holds neither data of the guest nor anything of the installation",
    clauses: ["TYP-ERR-2"],
}

fn clean<T>(cx: &Context, result: Result<T, Error>, own: &[&str]) -> Outcome {
    cx.check("TYP-ERR-2", "read the text of an error")
        .tells_nothing(result, own)
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let store = cx.store().await?;
    let value = cx.random_text(12);
    let (prefix, cursor) = (cx.random_text(12), cx.random_text(12));
    let own = [
        value.as_str(),
        &prefix,
        &cursor,
        &names.primary,
        &names.absent,
        &names.denied,
    ];
    cx.ok(store.set(&prefix, value.as_bytes()).await)?;
    clean(cx, store.set("", value.as_bytes()).await, &own)?;
    clean(cx, store.get("").await, &own)?;
    clean(cx, store.delete("").await, &own)?;
    clean(cx, store.exists("").await, &own)?;
    clean(cx, store.list(&prefix, Some(&cursor), None).await, &own)?;
    clean(cx, store.list(&prefix, None, Some(0)).await, &own)?;
    clean(cx, keyvalue::open(&names.absent).await, &own)?;
    clean(cx, keyvalue::open(&names.denied).await, &own)?;
    clean(cx, keyvalue::open(&names.unknown).await, &own)?;
    // A cursor of another list is the provider's own text: no more welcome.
    cx.ok(store.set(&format!("{prefix}2"), b"").await)?;
    let page = cx.ok(store.list(&prefix, None, Some(1)).await)?;
    if let Some(cursor) = &page.cursor {
        let mut own = own.to_vec();
        own.push(cursor);
        clean(cx, store.list("", Some(cursor), None).await, &own)?;
    }
    Ok(())
}
