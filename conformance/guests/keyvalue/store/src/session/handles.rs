use conformance_kit::prelude::*;

case! {
    id: "kv.session.handles",
    title: "a session reads its own writes through every handle of the store",
    clauses: ["KV-SESSION-1", "KV-SESSION-3", "KV-HANDLE-1"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let handles = [cx.store().await?, cx.store().await?, cx.store().await?];
    for round in 0..60 {
        let at = |step: usize| &handles[(round * 7 + step * (1 + round / 3)) % 3];
        let (writer, first, second) = (at(0), at(1), at(2));
        let value = format!("{round}-{}", cx.random());
        cx.ok(writer.set("key", value.as_bytes()).await)?;
        cx.check("KV-SESSION-1", "get after set through any handles")
            .value(first.get("key").await, value.as_bytes())?;
        cx.check("KV-SESSION-3", "exists after set through any handles")
            .returns(second.exists("key").await, true)?;
        if round % 4 == 3 {
            cx.ok(second.delete("key").await)?;
            cx.check("KV-SESSION-1", "get after delete through any handles")
                .none(writer.get("key").await)?;
            let listed = cx.all_keys(first, "", None).await?;
            cx.check("KV-SESSION-3", "list after delete through any handles")
                .keys::<&str>(&listed, &[])?;
        }
    }
    for handle in &handles {
        cx.check("KV-HANDLE-1", "exists at the end, through each handle")
            .returns(handle.exists("key").await, false)?;
    }
    Ok(())
}
