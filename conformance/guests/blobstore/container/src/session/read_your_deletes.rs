use conformance_kit::prelude::*;

case! {
    /// The functions take turns in being the first to read after a deletion.
    id: "blob.session.read-your-deletes",
    title: "a session's deletions show at once in every function",
    clauses: ["BLOB-SESSION-1", "BLOB-SESSION-3"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("beside", b"").await)?;
    for round in 0..24 {
        cx.ok(container.put("object", &cx.random_bytes(30)).await)?;
        if round % 2 == 0 {
            cx.ok(container.delete("object").await)?;
        } else {
            cx.ok(container.delete_many(&["object"]).await)?;
        }
        for turn in 0..4 {
            reads(cx, &container, (round / 2 + turn) % 4).await?;
        }
    }
    Ok(())
}

async fn reads(cx: &Context, container: &Container, function: usize) -> Outcome {
    let check = |message| cx.check("BLOB-SESSION-3", message);
    match function {
        0 => cx
            .check("BLOB-SESSION-1", "get after a deletion")
            .none(container.get("object").await),
        1 => check("head after a deletion").none(container.head("object").await),
        2 => {
            let listed = cx.all_names(container, "", None).await?;
            check("list after a deletion").keys(&listed, &["beside"])
        }
        _ => {
            let (streamed, end) = container.names("").collect().await;
            cx.ok(end)?;
            check("names after a deletion").keys(&streamed, &["beside"])
        }
    }
}
