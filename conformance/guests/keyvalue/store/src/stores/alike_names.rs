use conformance_kit::prelude::*;

case! {
    /// Among them names that differ in the last of 63 characters, in a hyphen, or
    /// in a zero before a number.
    id: "kv.stores.alike-names",
    title: "stores with names that are easily taken for one another hold data of their own",
    clauses: ["KV-HANDLE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let mut stores = Vec::new();
    for name in &cx.names().also_granted {
        let store = cx.ok(keyvalue::open(name).await)?;
        cx.ok(store.set("key", name.as_bytes()).await)?;
        stores.push((name, store));
    }
    for (name, store) in &stores {
        let message = ["get from store ", name].concat();
        cx.check("KV-HANDLE-3", &message)
            .value(store.get("key").await, name.as_bytes())?;
    }
    // Each is emptied while the others hold the key.
    for (place, (name, store)) in stores.iter().enumerate() {
        cx.ok(store.delete("key").await)?;
        if let Some((_, next)) = stores.get(place + 1) {
            let message = ["exists in the store after ", name].concat();
            cx.check("KV-HANDLE-3", &message)
                .returns(next.exists("key").await, true)?;
        }
    }
    Ok(())
}
