use conformance_kit::prelude::*;

case! {
    id: "blob.handle.drop-keeps-data",
    title: "objects outlive every handle through which they were written",
    clauses: ["BLOB-HANDLE-2"],
}

async fn run(cx: &Context) -> Outcome {
    let bytes: Vec<Vec<u8>> = [0, 1, 1_000, 20_000]
        .map(|length| cx.random_bytes(length))
        .into();
    let names = ["empty", "one", "some", "many"];
    for (name, bytes) in names.iter().zip(&bytes) {
        let container = cx.container().await?;
        cx.ok(container.put(name, bytes).await)?;
        drop(container);
    }
    for _ in 0..3 {
        // A handle that is dropped unused.
        drop(cx.container().await?);
        let container = cx.container().await?;
        for (name, bytes) in names.iter().zip(&bytes) {
            cx.check(
                "BLOB-HANDLE-2",
                "get after the handle of the put was dropped",
            )
            .value(container.get(name).await, bytes)?;
        }
        let listed = cx.all_names(&container, "", None).await?;
        cx.check("BLOB-HANDLE-2", "list after handles were dropped")
            .keys(&listed, &names)?;
    }
    Ok(())
}
