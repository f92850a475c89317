use conformance_kit::prelude::*;

case! {
    id: "blob.session.handles",
    title: "a session reads its own writes through every handle of the container",
    clauses: ["BLOB-SESSION-1", "BLOB-SESSION-3"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let handles = [
        cx.container().await?,
        cx.container().await?,
        cx.container().await?,
    ];
    for round in 0..48 {
        let at = |step: usize| &handles[(round * 7 + step * (1 + round / 3)) % 3];
        let (writer, first, second) = (at(0), at(1), at(2));
        let bytes = format!("{round}-{}", cx.random());
        let version = cx.ok(writer.put("object", bytes.as_bytes()).await)?;
        cx.check("BLOB-SESSION-1", "get after put through any handles")
            .value(first.get("object").await, bytes.as_bytes())?;
        let info = cx
            .check("BLOB-SESSION-3", "head after put through any handles")
            .some(second.head("object").await)?;
        cx.check("BLOB-SESSION-3", "version after put through any handles")
            .equal(info.version, version)?;
        if round % 4 == 3 {
            cx.ok(second.delete("object").await)?;
            cx.check("BLOB-SESSION-1", "get after delete through any handles")
                .none(writer.get("object").await)?;
            let listed = cx.all_names(first, "", None).await?;
            cx.check("BLOB-SESSION-3", "list after delete through any handles")
                .keys::<&str>(&listed, &[])?;
        }
    }
    Ok(())
}
