use conformance_kit::prelude::*;

case! {
    id: "blob.handle.many-in-turn",
    title: "an instance opens and drops more than a thousand handles, one after the other",
    clauses: ["BLOB-HANDLE-4"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let check = || {
        let message = "open a handle after many others were dropped";
        cx.check("BLOB-HANDLE-4", message)
    };
    for round in 0..100 {
        let name = [&names.primary, &names.secondary][round % 2];
        let handles = together((0..11).map(|_| blobstore::open(name))).await;
        let mut last = None;
        for handle in handles {
            last = Some(check().ok(handle)?);
        }
        if let Some(container) = last.filter(|_| round % 10 == 9) {
            let name = format!("object-{round}");
            check().ok(container.put(&name, b"bytes").await)?;
        }
    }
    let container = check().ok(blobstore::open(&names.secondary).await)?;
    check().value(container.get("object-99").await, b"bytes")
}
