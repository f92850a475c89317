use conformance_kit::prelude::*;

case! {
    actors: 3,
    id: "blob.visible.functions",
    title: "other instances see puts, copies, moves and deletions after the visibility bound",
    clauses: ["BLOB-VISIBLE-1"],
    timeout_s: 30,
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for name in ["moved", "deleted", "deleted-too", "replaced", "again"] {
        cx.ok(container.put(name, b"old and longer").await)?;
    }
    cx.ok(container.put("created", b"bytes").await)?;
    cx.ok(container.put("replaced", b"new").await)?;
    cx.ok(container.put("empty", b"").await)?;
    cx.ok(container.copy("created", &container, "copied").await)?;
    cx.ok(container.copy("created", &container, "moved").await)?;
    cx.ok(container.r#move("moved", &container, "there").await)?;
    cx.ok(container.delete("again").await)?;
    cx.ok(container.put("again", b"new").await)?;
    cx.ok(container.delete("deleted").await)?;
    cx.ok(container.delete_many(&["deleted-too"]).await)
}

async fn sees(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let check = |message| cx.check("BLOB-VISIBLE-1", message);
    let present: [(&str, &[u8]); 6] = [
        ("created", b"bytes"),
        ("replaced", b"new"),
        ("empty", b""),
        ("copied", b"bytes"),
        ("there", b"bytes"),
        ("again", b"new"),
    ];
    for (name, bytes) in present {
        check("get in another instance").value(container.get(name).await, bytes)?;
        let info = check("head in another instance").some(container.head(name).await)?;
        check("size in another instance").equal(info.size, bytes.len() as u64)?;
    }
    for name in ["moved", "deleted", "deleted-too"] {
        check("get of what another instance removed").none(container.get(name).await)?;
        check("head of what another instance removed").none(container.head(name).await)?;
    }
    let names = present.map(|(name, _)| name);
    check("list in another instance").keys(&cx.all_names(&container, "", None).await?, &names)?;
    let (streamed, end) = container.names("").collect().await;
    cx.ok(end)?;
    check("names in another instance").keys(&streamed, &names)
}

async fn actor(cx: &Context, _index: u32) -> Observations {
    sees(cx).await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    sees(cx).await
}
