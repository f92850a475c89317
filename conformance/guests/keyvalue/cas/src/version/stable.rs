use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.version.stable",
    title: "a version stays while nobody writes the key, whatever else is done",
    clauses: ["TYP-VER-2"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let swapped = cx.ok(cas::create(&store, "swapped", b"value").await)?;
    cx.ok(store.set("set", b"value").await)?;
    let set = cx.version(&store, "set").await?;
    cx.ok(store.set("empty", b"").await)?;
    let empty = cx.version(&store, "empty").await?;
    let versions = [("swapped", swapped), ("set", set), ("empty", empty)];
    for round in 0..8 {
        match round {
            0 => drop(cx.all_keys(&store, "", Some(1)).await?),
            1 => cx.ok(store.keys("").collect().await.1)?,
            2 => cx.ok(store.set("another", b"value").await)?,
            3 => cx.ok(store.delete("another").await)?,
            4 => drop(cx.store().await?),
            5 => drop(cas::create(&store, "set", b"lost").await),
            6 => drop(cas::delete_if(&store, "set", "unknown").await),
            _ => drop(cas::swap(&store, "set", b"lost", "unknown").await),
        }
        let fresh = cx.store().await?;
        for (key, version) in &versions {
            cx.ok(store.get(key).await)?;
            cx.ok(store.exists(key).await)?;
            let check = cx.check("TYP-VER-2", "current of a key that nobody writes");
            check.equal(&cx.version(&store, key).await?, version)?;
            check.equal(&cx.version(&fresh, key).await?, version)?;
        }
    }
    for (key, version) in &versions {
        let swapped = cas::swap(&store, key, b"new", version).await;
        cx.check("TYP-VER-2", "swap by the version that stayed")
            .ok(swapped)?;
    }
    Ok(())
}
