use conformance_kit::prelude::*;

case! {
    /// What a handle read, absence included, must not stick to it.
    id: "kv.handle.changes-after-reads",
    title: "a handle that read a key sees what other handles do to it later",
    clauses: ["KV-HANDLE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let (reader, writer) = (cx.store().await?, cx.store().await?);
    let check = |message| cx.check("KV-HANDLE-1", message);
    check("get of an absent key").none(reader.get("key").await)?;
    check("exists of an absent key").returns(reader.exists("key").await, false)?;
    for round in 0..10 {
        let value = cx.random_bytes(10 + round);
        cx.ok(writer.set("key", &value).await)?;
        check("exists after set through another handle")
            .returns(reader.exists("key").await, true)?;
        check("get after set through another handle").value(reader.get("key").await, &value)?;
        check("a second get").value(reader.get("key").await, &value)?;
        if round % 2 == 1 {
            cx.ok(writer.delete("key").await)?;
            check("get after delete through another handle").none(reader.get("key").await)?;
            check("exists after delete through another handle")
                .returns(reader.exists("key").await, false)?;
        }
    }
    Ok(())
}
