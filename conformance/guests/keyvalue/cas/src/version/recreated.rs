use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    /// A number that is counted in the entry starts again when the entry is gone.
    id: "kv.version.recreated",
    title: "a key that was deleted and created again has none of the versions of its earlier lives",
    clauses: ["TYP-VER-1", "KV-SWAP-3", "KV-DELETE-IF-2"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut old: Vec<String> = Vec::new();
    for life in 0..6 {
        let mut version = if life % 2 == 0 {
            cx.ok(cas::create(&store, "key", b"value").await)?
        } else {
            cx.ok(store.set("key", b"value").await)?;
            cx.version(&store, "key").await?
        };
        // Lives of several lengths, so that a count meets each earlier one.
        for write in 0..=(life + 2) % 4 {
            cx.check("TYP-VER-1", "compare with all versions before")
                .that(
                    !old.contains(&version),
                    "a version that the key never had",
                    &version,
                )?;
            if life > 0 {
                let before = &old[cx.random_below(old.len() as u64) as usize];
                let stale = cas::swap(&store, "key", b"lost", before).await;
                cx.check("KV-SWAP-3", "swap by a version of an earlier life")
                    .stale(stale, Some(b"value"))?;
                let stale = cas::delete_if(&store, "key", before).await;
                cx.check(
                    "KV-DELETE-IF-2",
                    "delete-if by a version of an earlier life",
                )
                .stale(stale, Some(b"value"))?;
            }
            old.push(version.clone());
            if write % 2 == 0 {
                cx.ok(store.set("key", b"value").await)?;
                version = cx.version(&store, "key").await?;
            } else {
                version = cx.ok(cas::swap(&store, "key", b"value", &version).await)?;
            }
        }
        old.push(version.clone());
        if life % 3 == 0 {
            cx.ok(cas::delete_if(&store, "key", &version).await)?;
        } else {
            cx.ok(store.delete("key").await)?;
        }
    }
    Ok(())
}
