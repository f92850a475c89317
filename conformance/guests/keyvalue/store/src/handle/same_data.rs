use conformance_kit::prelude::*;

case! {
    id: "kv.handle.same-data",
    title: "every function shows the same data through all handles of one name",
    clauses: ["KV-HANDLE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let (a, b) = (cx.store().await?, cx.store().await?);
    let check = |message| cx.check("KV-HANDLE-1", message);
    let value = cx.random_bytes(100);
    cx.ok(a.set("key", &value).await)?;
    check("get through a second handle").value(b.get("key").await, &value)?;
    check("exists through a second handle").returns(b.exists("key").await, true)?;
    check("list through a second handle").keys(&cx.all_keys(&b, "", None).await?, &["key"])?;
    let (streamed, end) = b.keys("").collect().await;
    cx.ok(end)?;
    check("keys through a second handle").keys(&streamed, &["key"])?;
    let late = cx.store().await?;
    check("get through a handle opened later").value(late.get("key").await, &value)?;

    cx.ok(b.delete("key").await)?;
    for handle in [&a, &late] {
        check("get after delete through another handle").none(handle.get("key").await)?;
        check("exists after delete through another handle")
            .returns(handle.exists("key").await, false)?;
        let listed = cx.all_keys(handle, "", None).await?;
        check("list after delete through another handle").keys::<&str>(&listed, &[])?;
    }
    Ok(())
}
