use conformance_kit::prelude::*;

case! {
    id: "kv.handle.at-least-64-mixed",
    title: "of 64 handles over several stores each shows the data of its own store",
    clauses: ["KV-HANDLE-1", "KV-HANDLE-3", "KV-HANDLE-5"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let names = [&names.primary, &names.secondary, &names.restricted];
    let mut handles = Vec::new();
    for at in 0..64 {
        let opened = keyvalue::open(names[at % 3]).await;
        handles.push(
            cx.check("KV-HANDLE-5", "open one of 64 handles")
                .ok(opened)?,
        );
    }
    for (name, store) in names.iter().zip(&handles) {
        cx.ok(store.set("name", name.as_bytes()).await)?;
    }
    for (at, value) in together(handles.iter().map(|store| store.get("name")))
        .await
        .into_iter()
        .enumerate()
    {
        cx.check("KV-HANDLE-3", "get through one of 64 handles")
            .value(value, names[at % 3].as_bytes())?;
    }
    // All but one handle of each store are dropped, out of order.
    handles.drain(30..61);
    handles.drain(..30);
    for (at, store) in (61..64).zip(&handles) {
        cx.check("KV-HANDLE-1", "get through a handle that is left")
            .value(store.get("name").await, names[at % 3].as_bytes())?;
    }
    Ok(())
}
