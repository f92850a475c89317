use conformance_kit::prelude::*;

case! {
    id: "blob.delete.missing",
    title: "a delete of an absent object returns ok, also a second time",
    clauses: ["BLOB-DELETE-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for present in [false, true] {
        if present {
            cx.ok(container.put("object/", b"near").await)?;
            cx.ok(container.put("object", b"bytes").await)?;
            cx.ok(container.delete("object").await)?;
        }
        for name in ["object", "object", "objec", "object/x", "/", "."] {
            cx.check("BLOB-DELETE-2", "delete of an absent object")
                .ok(container.delete(name).await)?;
            cx.check("BLOB-DELETE-2", "get after a delete of an absent object")
                .none(container.get(name).await)?;
        }
    }
    cx.check("BLOB-DELETE-2", "get of an object near absent ones")
        .value(container.get("object/").await, b"near")
}
