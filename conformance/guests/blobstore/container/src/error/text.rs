use conformance_kit::prelude::*;

use crate::facts::described;

case! {
    id: "blob.error.text",
    title: "the text of an error holds neither data of the guest nor anything of the installation",
    clauses: ["TYP-ERR-2"],
}

fn clean<T>(cx: &Context, result: Result<T, Error>, own: &[&str]) -> Outcome {
    cx.check("TYP-ERR-2", "read the text of an error")
        .tells_nothing(result, own)
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let container = cx.container().await?;
    let [name, text, cursor, key] = [0; 4].map(|_| cx.random_text(12));
    let bad_key = [&key, "_"].concat();
    let bad_type = [&text, "\n"].concat();
    let own = [
        name.as_str(),
        &text,
        &cursor,
        &key,
        &names.primary,
        &names.absent,
        &names.denied,
    ];
    cx.ok(container.put(&name, text.as_bytes()).await)?;
    let put = |options| container.put_with(&name, text.as_bytes(), options);
    clean(cx, put(described(Some(&bad_type), &[])).await, &own)?;
    clean(cx, put(described(None, &[(&bad_key, &text)])).await, &own)?;
    let twice = [(key.as_str(), text.as_str()), (&key, &text)];
    clean(cx, put(described(None, &twice)).await, &own)?;
    let sized = blobstore::PutOptions {
        size: Some(1),
        ..blobstore::options()
    };
    clean(cx, put(sized).await, &own)?;
    clean(cx, container.create(&name, text.as_bytes()).await, &own)?;
    clean(cx, container.replace(&name, b"new", &text).await, &own)?;
    clean(cx, container.put("", text.as_bytes()).await, &own)?;
    clean(
        cx,
        container.begin_get(&name, None, Some(&text)).await,
        &own,
    )?;
    let behind = blobstore::range(1_000, None);
    clean(cx, container.get_range(&name, behind).await, &own)?;
    clean(cx, container.copy(&text, &container, &name).await, &own)?;
    clean(cx, container.copy(&name, &container, "").await, &own)?;
    clean(cx, container.r#move(&text, &container, &name).await, &own)?;
    clean(cx, container.list(&name, Some(""), None, None).await, &own)?;
    clean(
        cx,
        container.list(&name, None, Some(&cursor), None).await,
        &own,
    )?;
    clean(cx, container.list(&name, None, None, Some(0)).await, &own)?;
    clean(cx, blobstore::open(&names.absent).await, &own)?;
    clean(cx, blobstore::open(&names.denied).await, &own)?;
    clean(cx, blobstore::open(&names.unknown).await, &own)?;
    // A cursor of another list is the provider's own text: no more welcome.
    cx.ok(container.put(&[&name, "2"].concat(), b"").await)?;
    let page = cx.ok(container.list(&name, None, None, Some(1)).await)?;
    if let Some(cursor) = &page.cursor {
        let mut own = own.to_vec();
        own.push(cursor);
        clean(cx, container.list("", None, Some(cursor), None).await, &own)?;
    }
    Ok(())
}
