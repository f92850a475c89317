use conformance_kit::prelude::*;

case! {
    /// The granted names have the shortest, a middle and the longest length.
    id: "kv.open.granted",
    title: "granted names of existing stores open, as often as asked",
    clauses: ["KV-OPEN-3"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    for name in [&names.primary, &names.secondary, &names.restricted] {
        for _ in 0..2 {
            let check = || cx.check("KV-OPEN-3", "open a granted name and use it");
            let store = check().ok(keyvalue::open(name).await)?;
            check().ok(store.set("key", name.as_bytes()).await)?;
            check().value(store.get("key").await, name.as_bytes())?;
        }
    }
    Ok(())
}
