use conformance_kit::prelude::*;

case! {
    id: "blob.calls.dropped-open",
    title: "opens that are dropped in flight disturb neither handles nor later opens",
    clauses: ["TYP-CALL-1", "BLOB-HANDLE-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let container = cx.container().await?;
    cx.ok(container.put("object", b"bytes").await)?;
    for round in 0..24 {
        let name = [
            &names.primary,
            &names.secondary,
            &names.absent,
            &names.denied,
        ][round % 4];
        drop(begin(blobstore::open(name)).await);
        let message = "get through a handle after an open was dropped";
        cx.check("BLOB-HANDLE-2", message)
            .value(container.get("object").await, b"bytes")?;
    }
    let check = cx.check("TYP-CALL-1", "open after opens were dropped");
    let again = check.ok(blobstore::open(&names.primary).await)?;
    check.value(again.get("object").await, b"bytes")
}
