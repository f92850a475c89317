use conformance_kit::prelude::*;

use crate::support::each;

case! {
    id: "kv.delete.all",
    title: "a store whose keys were all deleted is empty and takes the same keys again",
    clauses: ["KV-DELETE-1", "KV-DELETE-3", "KV-SET-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..60)
        .map(|at| format!("{}/{at}", cx.random_text(3)))
        .collect();
    for round in 0..2 {
        for written in each(&keys, |key| store.set(key, key.as_bytes())).await {
            cx.check("KV-SET-1", "set of one of 60 keys").ok(written)?;
        }
        let listed = cx.all_keys(&store, "", None).await?;
        cx.check("KV-SET-1", "list of 60 keys")
            .keys(&listed, &keys)?;
        // Half of them, from the one or the other end; then all.
        let half = &keys[round * 30..][..30];
        for deleted in each(half, |key| store.delete(key)).await {
            cx.check("KV-DELETE-1", "delete of one of 60 keys")
                .ok(deleted)?;
        }
        let rest = &keys[(1 - round) * 30..][..30];
        let listed = cx.all_keys(&store, "", None).await?;
        cx.check("KV-DELETE-3", "list of the other half")
            .keys(&listed, rest)?;
        for deleted in each(&keys, |key| store.delete(key)).await {
            cx.check("KV-DELETE-1", "delete of one of 60 keys")
                .ok(deleted)?;
        }
        let listed = cx.all_keys(&store, "", None).await?;
        cx.check("KV-DELETE-1", "list after all keys were deleted")
            .keys::<&str>(&listed, &[])?;
        for found in each(&keys, |key| store.exists(key)).await {
            cx.check("KV-DELETE-1", "exists after all keys were deleted")
                .returns(found, false)?;
        }
    }
    Ok(())
}
