use conformance_kit::prelude::*;

case! {
    actors: 3,
    id: "blob.version.stable.instances",
    title: "all instances see the same versions of objects that nobody writes",
    clauses: ["TYP-VER-2", "BLOB-VISIBLE-1"],
}

const NAMES: [&str; 4] = ["put", "replaced", "copied", "empty"];

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("put", b"put").await)?;
    let version = cx.ok(container.create("replaced", b"old").await)?;
    cx.ok(container.replace("replaced", b"replaced", &version).await)?;
    cx.ok(container.copy("put", &container, "copied").await)?;
    cx.ok(container.put("empty", b"").await)?;
    let mut versions = Vec::new();
    for name in NAMES {
        versions.push(cx.info(&container, name).await?.version);
    }
    // The other instances read from here what this one saw.
    let versions = versions.join("\n\n");
    cx.ok(container.put("versions", versions.as_bytes()).await)?;
    Ok(())
}

async fn actor(cx: &Context, _index: u32) -> Observations {
    let container = cx.container().await?;
    let mut versions = Vec::new();
    for name in NAMES {
        let info = container.head(name).await;
        let check = cx.check("BLOB-VISIBLE-1", "head in another instance");
        versions.push(check.some(info)?.version);
    }
    Ok(versions)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let check = cx.check("TYP-VER-2", "compare the versions that instances saw");
    for versions in seen {
        let versions = versions.join("\n\n");
        check.value(container.get("versions").await, versions.as_bytes())?;
    }
    for (name, version) in NAMES.iter().zip(&seen[0]) {
        let replaced = container.replace(name, b"new", version).await;
        cx.check("TYP-VER-2", "put by a version that another instance saw")
            .ok(replaced)?;
    }
    Ok(())
}
