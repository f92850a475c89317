use conformance_kit::prelude::*;

case! {
    /// Services have rules for names of their own: of S3, of DNS, of SQL.
    id: "kv.open.any-form",
    title: "names with any places of hyphens and digits open, and those of nothing else",
    clauses: ["KV-OPEN-3"],
}

async fn run(cx: &Context) -> Outcome {
    for name in &cx.names().also_granted {
        let message = ["open ", name, " and use it"].concat();
        let check = cx.check("KV-OPEN-3", &message);
        let store = check.ok(keyvalue::open(name).await)?;
        check.ok(store.set("key", name.as_bytes()).await)?;
        check.value(store.get("key").await, name.as_bytes())?;
    }
    Ok(())
}
