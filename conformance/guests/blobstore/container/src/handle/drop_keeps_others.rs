use conformance_kit::prelude::*;

case! {
    id: "blob.handle.drop-keeps-others",
    title: "a handle works on when others of the same name are dropped",
    clauses: ["BLOB-HANDLE-2"],
}

async fn run(cx: &Context) -> Outcome {
    let kept = cx.container().await?;
    for round in 0..4_u8 {
        let bytes = [round; 500];
        let before = cx.container().await?;
        cx.ok(before.put("object", &bytes).await)?;
        let beside = cx.container().await?;
        cx.ok(beside.head("object").await)?;
        drop((before, beside));
        let check = cx.check("BLOB-HANDLE-2", "use a handle after others were dropped");
        check.value(kept.get("object").await, &bytes)?;
        check.ok(kept.put("own", &bytes).await)?;
        check.value(kept.get("own").await, &bytes)?;
        check.ok(kept.delete("own").await)?;
    }
    Ok(())
}
