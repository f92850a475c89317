use conformance_kit::prelude::*;

use crate::support::each;

case! {
    id: "kv.handle.at-least-64",
    title: "an instance holds 64 handles at a time, and each of them works",
    clauses: ["KV-HANDLE-1", "KV-HANDLE-5"],
}

async fn run(cx: &Context) -> Outcome {
    let mut handles = Vec::new();
    for _ in 0..64 {
        let opened = keyvalue::open(&cx.names().primary).await;
        handles.push(
            cx.check("KV-HANDLE-5", "open one of 64 handles")
                .ok(opened)?,
        );
    }
    let keys: Vec<String> = (0..64).map(|at| format!("key-{at}")).collect();
    let pairs: Vec<(&Store, &String)> = handles.iter().zip(&keys).collect();
    for written in each(&pairs, |(store, key)| store.set(key, key.as_bytes())).await {
        cx.check("KV-HANDLE-5", "set through one of 64 handles")
            .ok(written)?;
    }
    // Each reads what its opposite wrote.
    let pairs: Vec<(&Store, &String)> = handles.iter().rev().zip(&keys).collect();
    let values = each(&pairs, |(store, key)| store.get(key)).await;
    for (key, value) in keys.iter().zip(values) {
        cx.check("KV-HANDLE-1", "get through another of 64 handles")
            .value(value, key.as_bytes())?;
    }
    Ok(())
}
