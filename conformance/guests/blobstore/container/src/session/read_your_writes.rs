use conformance_kit::prelude::*;

case! {
    id: "blob.session.read-your-writes",
    title: "a session never reads what was before its own latest put",
    clauses: ["BLOB-SESSION-1"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = ["a", "b", "c"];
    for round in 0..150_usize {
        let name = names[round % 3];
        let bytes = format!("{round}-{}", cx.random());
        cx.ok(container.put(name, bytes.as_bytes()).await)?;
        cx.check("BLOB-SESSION-1", &format!("get after put {round}"))
            .value(container.get(name).await, bytes.as_bytes())?;
    }
    Ok(())
}
