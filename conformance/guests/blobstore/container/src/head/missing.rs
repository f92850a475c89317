use conformance_kit::prelude::*;

case! {
    id: "blob.head.missing",
    title: "head of an object that is absent returns none, whatever is near it",
    clauses: ["BLOB-HEAD-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let check = |message| cx.check("BLOB-HEAD-1", message);
    check("head of an object that was never written").none(container.head("object").await)?;
    for near in [
        "objec", "object/", "object/a", "Object", "object ", "/object",
    ] {
        cx.ok(container.put(near, b"bytes").await)?;
        check("head of an object that is absent").none(container.head("object").await)?;
    }
    for _ in 0..2 {
        cx.ok(container.put("object", b"").await)?;
        check("head of an object of no bytes").some(container.head("object").await)?;
        cx.ok(container.delete("object").await)?;
        check("head of a deleted object").none(container.head("object").await)?;
    }
    Ok(())
}
