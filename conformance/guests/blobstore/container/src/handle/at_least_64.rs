use conformance_kit::prelude::*;

use crate::apart::each;

case! {
    id: "blob.handle.at-least-64",
    title: "an instance holds 64 handles at a time, and each of them works",
    clauses: ["BLOB-HANDLE-1", "BLOB-HANDLE-5"],
}

async fn run(cx: &Context) -> Outcome {
    let mut handles = Vec::new();
    for _ in 0..64 {
        let opened = blobstore::open(&cx.names().primary).await;
        let check = cx.check("BLOB-HANDLE-5", "open one of 64 handles");
        handles.push(check.ok(opened)?);
    }
    let names: Vec<String> = (0..64).map(|at| format!("object-{at}")).collect();
    let pairs: Vec<(&Container, &String)> = handles.iter().zip(&names).collect();
    let puts = each(&pairs, |(container, name)| {
        container.put(name, name.as_bytes())
    });
    for written in puts.await {
        cx.check("BLOB-HANDLE-5", "put through one of 64 handles")
            .ok(written)?;
    }
    // Each reads what its opposite wrote.
    let pairs: Vec<(&Container, &String)> = handles.iter().rev().zip(&names).collect();
    let read = each(&pairs, |(container, name)| container.get(name)).await;
    for (name, read) in names.iter().zip(read) {
        cx.check("BLOB-HANDLE-1", "get through another of 64 handles")
            .value(read, name.as_bytes())?;
    }
    Ok(())
}
