use conformance_kit::prelude::*;

case! {
    id: "kv.open.in-flight",
    title: "opens of several names in flight end each with its own answer",
    clauses: ["KV-OPEN-1", "KV-OPEN-2", "KV-OPEN-3", "KV-HANDLE-3"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let granted = [&names.primary, &names.secondary, &names.restricted];
    for name in granted {
        let store = cx.ok(keyvalue::open(name).await)?;
        cx.ok(store.set("name", name.as_bytes()).await)?;
    }
    let all = [
        granted[0],
        &names.absent,
        granted[1],
        &names.denied,
        granted[2],
        &names.unknown,
    ];
    let asked: Vec<&String> = (0..48).map(|at| all[at % all.len()]).collect();
    let opened = together(asked.iter().map(|name| keyvalue::open(name))).await;
    for (name, opened) in asked.into_iter().zip(opened) {
        if name == &names.absent {
            cx.check("KV-OPEN-2", "open a name without a store among others")
                .fails(opened, Kind::NotFound)?;
        } else if granted.contains(&name) {
            let store = cx
                .check("KV-OPEN-3", "open a granted name among others")
                .ok(opened)?;
            cx.check("KV-HANDLE-3", "read from the store that was opened")
                .value(store.get("name").await, name.as_bytes())?;
        } else {
            cx.check("KV-OPEN-1", "open a name that is not granted among others")
                .fails(opened, Kind::AccessDenied)?;
        }
    }
    Ok(())
}
