use conformance_kit::prelude::*;

case! {
    id: "blob.data.size-1",
    title: "every byte can be all that an object has",
    clauses: ["BLOB-DATA-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes: Vec<u8> = (0..=u8::MAX).collect();
    for group in bytes.chunks(32) {
        let keeps = group.iter().map(|&byte| {
            let container = &container;
            async move {
                let name = format!("byte-{byte}");
                cx.ok(container.put(&name, &[byte]).await)?;
                cx.check("BLOB-DATA-1", &format!("get of the byte {byte:#04x} alone"))
                    .value(container.get(&name).await, &[byte])
            }
        });
        for kept in together(keeps).await {
            kept?;
        }
    }
    Ok(())
}
