use conformance_kit::prelude::*;

use crate::facts::{described, told_by_get};

case! {
    id: "blob.version.stable",
    title: "a version stays while nobody writes the object, whatever else is done",
    clauses: ["TYP-VER-2"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let mut versions = Vec::new();
    for (name, bytes) in [("object", &b"bytes"[..]), ("empty", b"")] {
        versions.push((name, cx.ok(container.put(name, bytes).await)?));
    }
    let options = described(Some("text/plain"), &[("key", "value")]);
    let described = container.put_with("described", b"bytes", options).await;
    versions.push(("described", cx.ok(described)?));
    let source = cx.ok(container.copy("object", &container, "copied").await)?;
    versions.push(("copied", source));
    for round in 0..9 {
        match round {
            0 => drop(cx.all_items(&container, "", Some("e"), Some(1)).await?),
            1 => cx.ok(container.names("").collect().await.1)?,
            2 => drop(cx.ok(container.put("another", b"bytes").await)?),
            3 => cx.ok(container.delete("another").await)?,
            4 => drop(cx.container().await?),
            5 => drop(cx.ok(container.copy("object", &container, "another").await)?),
            6 => drop(cx.ok(container.copy("object", &other, "object").await)?),
            7 => drop(container.create("object", b"lost").await),
            _ => drop(container.replace("object", b"lost", "unknown").await),
        }
        let fresh = cx.container().await?;
        for (name, version) in &versions {
            cx.ok(container.get(name).await)?;
            let check = cx.check("TYP-VER-2", "head of an object that nobody writes");
            check.equal(&cx.info(&container, name).await?.version, version)?;
            check.equal(&cx.info(&fresh, name).await?.version, version)?;
            let check = cx.check("TYP-VER-2", "get of an object that nobody writes");
            check.equal(&told_by_get(cx, &fresh, name).await?.version, version)?;
        }
    }
    for (name, version) in &versions {
        let replaced = container.replace(name, b"new", version).await;
        cx.check("TYP-VER-2", "put by the version that stayed")
            .ok(replaced)?;
    }
    Ok(())
}
