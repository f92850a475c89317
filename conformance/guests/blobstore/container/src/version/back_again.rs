use conformance_kit::prelude::*;

case! {
    id: "blob.version.back-again",
    title: "an object that has its first bytes again has not its first version again",
    clauses: ["TYP-VER-1", "BLOB-COND-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for (a, b) in [(&b"a"[..], &b"b"[..]), (b"", b"b"), (b"a", b"")] {
        let first = cx.ok(container.put("object", a).await)?;
        let second = cx.ok(container.put("object", b).await)?;
        let third = cx.ok(container.put("object", a).await)?;
        let message = "compare the versions of equal bytes";
        cx.check("TYP-VER-1", message)
            .that(first != third, "another version", &third)?;
        for old in [&first, &second] {
            let replaced = container.replace("object", b"lost", old).await;
            cx.check("BLOB-COND-2", "put by an earlier version")
                .fails(replaced, Kind::PreconditionFailed)?;
            let read = container.begin_get("object", None, Some(old)).await;
            cx.check("TYP-VER-1", "get by an earlier version")
                .fails(read, Kind::PreconditionFailed)?;
        }
        cx.check("BLOB-COND-2", "get after puts by earlier versions")
            .value(container.get("object").await, a)?;
        cx.ok(container.replace("object", b"new", &third).await)?;
    }
    Ok(())
}
