use conformance_kit::prelude::*;

case! {
    id: "kv.stores.no-way-across",
    title: "no key leads out of its store into another, granted or not",
    clauses: ["KV-HANDLE-3", "KV-KEY-3"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let (first, second) = (cx.store().await?, cx.second_store().await?);
    cx.ok(second.set("key", b"second").await)?;
    let mut keys = Vec::new();
    for name in [&names.secondary, &names.denied] {
        for (start, joint) in [
            ("../", "/"),
            ("/", "/"),
            ("", "/"),
            ("", ":"),
            ("", "."),
            ("..\\", "\\"),
            ("%2e%2e/", "/"),
            ("..%2F", "%2F"),
            ("a/../../", "/"),
            ("\0", "\0"),
        ] {
            keys.push([start, name, joint, "key"].concat());
        }
    }
    for key in &keys {
        cx.check("KV-HANDLE-3", "get of a key that names another store")
            .none(first.get(key).await)?;
        cx.check("KV-KEY-3", "set of a key that names another store")
            .ok(first.set(key, b"first").await)?;
        cx.check("KV-HANDLE-3", "get in the other store")
            .value(second.get("key").await, b"second")?;
    }
    let listed = cx.all_keys(&second, "", None).await?;
    cx.check("KV-HANDLE-3", "list the other store")
        .keys(&listed, &["key"])?;
    for key in &keys {
        cx.check("KV-KEY-3", "delete of a key that names another store")
            .ok(first.delete(key).await)?;
    }
    cx.check("KV-HANDLE-3", "get in the other store after the deletes")
        .value(second.get("key").await, b"second")
}
