use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    actors: 3,
    id: "kv.version.stable.instances",
    title: "all instances see the same versions of keys that nobody writes",
    clauses: ["TYP-VER-2", "KV-VISIBLE-1", "KV-SWAP-2"],
    requires: ["kv.cas"],
}

const KEYS: [&str; 4] = ["created", "set", "swapped", "empty"];

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(cas::create(&store, "created", b"created").await)?;
    cx.ok(store.set("set", b"set").await)?;
    let version = cx.ok(cas::create(&store, "swapped", b"old").await)?;
    cx.ok(cas::swap(&store, "swapped", b"swapped", &version).await)?;
    cx.ok(store.set("empty", b"").await)?;
    let mut versions = Vec::new();
    for key in KEYS {
        versions.push(cx.version(&store, key).await?);
    }
    // The other instances read from here what this one saw.
    cx.ok(store
        .set("versions", versions.join("\n\n").as_bytes())
        .await)
}

async fn actor(cx: &Context, _index: u32) -> Observations {
    let store = cx.store().await?;
    let mut versions = Vec::new();
    for key in KEYS {
        let current = cas::current(&store, key).await;
        let entry = cx
            .check("KV-VISIBLE-1", "current in another instance")
            .some(current)?;
        cx.check("KV-VISIBLE-1", "get in another instance")
            .value(store.get(key).await, &entry.value)?;
        versions.push(entry.version);
    }
    Ok(versions)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let check = cx.check("TYP-VER-2", "compare the versions that instances saw");
    for versions in seen {
        check.value(
            store.get("versions").await,
            versions.join("\n\n").as_bytes(),
        )?;
    }
    for (key, version) in KEYS.iter().zip(&seen[0]) {
        let swapped = cas::swap(&store, key, b"new", version).await;
        cx.check("KV-SWAP-2", "swap by a version that another instance saw")
            .ok(swapped)?;
    }
    Ok(())
}
