use conformance_kit::prelude::*;

case! {
    id: "blob.error.after-errors",
    title: "a container works as usual after any number of refused calls",
    clauses: ["TYP-ERR-3"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for round in 0..100_u32 {
        let calls = [
            container.put("", b"bytes").await.is_err(),
            container.head("").await.is_err(),
            container.create("object", b"bytes").await.is_err() == (round > 0),
            container.list("", Some(""), None, None).await.is_err(),
            container.copy("absent", &container, "copy").await.is_err(),
        ];
        cx.check("TYP-ERR-3", "make calls that are refused")
            .equal(calls.iter().filter(|failed| **failed).count(), calls.len())?;
    }
    let check = cx.check("TYP-ERR-3", "use a container after many refusals");
    let bytes = cx.random_bytes(1_000);
    check.ok(container.put("object", &bytes).await)?;
    check.value(container.get("object").await, &bytes)?;
    check.ok(container.delete("object").await)
}
