use conformance_kit::prelude::*;
use keyvalue::{batch, cas};

case! {
    id: "kv.version.after-batch",
    title: "set-many and delete-many count as writes of each of their keys",
    clauses: ["KV-CAS-3", "TYP-VER-1", "TYP-VER-2", "KV-SWAP-3", "KV-SWAP-4", "KV-DELETE-IF-2"],
    requires: ["kv.cas", "kv.batch"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..10).map(|n| format!("key-{n}")).collect();
    let mut old: Vec<String> = Vec::new();
    for created in together(keys.iter().map(|key| cas::create(&store, key, b"value"))).await {
        old.push(cx.ok(created)?);
    }
    let witness = cx.ok(cas::create(&store, "witness", b"value").await)?;
    for value in [&b"value"[..], b"other", b"other"] {
        let entries: Vec<(&String, &[u8])> = keys.iter().map(|key| (key, value)).collect();
        cx.ok(batch::set_many(&store, &entries).await)?;
        for (key, old) in keys.iter().zip(&mut old) {
            let version = cx.version(&store, key).await?;
            cx.check("KV-CAS-3", "compare the version before and after set-many")
                .that(version != *old, "another version", &version)?;
            let stale = cas::swap(&store, key, b"lost", old).await;
            cx.check("KV-SWAP-3", "swap by the version before set-many")
                .stale(stale, Some(value))?;
            let stale = cas::delete_if(&store, key, old).await;
            cx.check("KV-DELETE-IF-2", "delete-if by the version before set-many")
                .stale(stale, Some(value))?;
            *old = version;
        }
    }
    cx.ok(batch::delete_many(&store, &keys).await)?;
    for (key, old) in keys.iter().zip(&old) {
        let stale = cas::swap(&store, key, b"lost", old).await;
        cx.check("KV-SWAP-4", "swap by the version before delete-many")
            .stale(stale, None)?;
    }
    let entries: Vec<(&String, &[u8])> = keys.iter().map(|key| (key, &b"other"[..])).collect();
    cx.ok(batch::set_many(&store, &entries).await)?;
    for (key, old) in keys.iter().zip(&old) {
        let stale = cas::swap(&store, key, b"lost", old).await;
        cx.check(
            "TYP-VER-1",
            "swap by a version before delete-many and set-many",
        )
        .stale(stale, Some(b"other"))?;
    }
    cx.ok(batch::get_many(&store, &["witness", "key-0"]).await)?;
    cx.check("TYP-VER-2", "version of a key that is in no batch")
        .equal(cx.version(&store, "witness").await?, witness)
}
