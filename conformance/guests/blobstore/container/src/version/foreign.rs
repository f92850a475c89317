use conformance_kit::prelude::*;

case! {
    id: "blob.version.foreign",
    title: "a text that was never a version of the object is one that it does not have",
    clauses: ["TYP-VER-4"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let own = cx.ok(container.put("object", b"bytes").await)?;
    let other = cx.ok(container.put("other", b"bytes").await)?;
    let elsewhere = cx.second_container().await?;
    let elsewhere = cx.ok(elsewhere.put("object", b"bytes").await)?;
    let mut foreign = blobstore::foreign_versions(cx, &own);
    foreign.extend([other, elsewhere]);
    // Another object may happen to have the same text as its version.
    foreign.retain(|text| *text != own);
    for text in &foreign {
        let message = format!("calls that expect the version {}", text.shown());
        let check = cx.check("TYP-VER-4", &message);
        let replaced = container.replace("object", b"lost", text).await;
        check.fails(replaced, Kind::PreconditionFailed)?;
        let replaced = container.replace("absent", b"lost", text).await;
        check.fails(replaced, Kind::PreconditionFailed)?;
        let read = container.begin_get("object", None, Some(text)).await;
        check.fails(read, Kind::PreconditionFailed)?;
    }
    let check = cx.check("TYP-VER-4", "read the object after all that");
    check.value(container.get("object").await, b"bytes")?;
    check.equal(&cx.info(&container, "object").await?.version, &own)?;
    check.none(container.get("absent").await)
}
