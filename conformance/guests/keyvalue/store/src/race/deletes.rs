use conformance_kit::prelude::*;

case! {
    /// One instance overwrites its share while the others delete theirs.
    actors: 4,
    id: "kv.race.deletes",
    title: "instances that delete different keys at a time delete those alone",
    clauses: ["KV-DELETE-1", "KV-DELETE-3", "KV-SET-3"],
    timeout_s: 30,
}

const KEYS: usize = 80;

fn keys() -> Vec<String> {
    (0..KEYS).map(|at| format!("key-{at:02}")).collect()
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for group in keys().chunks(32) {
        for written in together(group.iter().map(|key| store.set(key, b"old"))).await {
            cx.ok(written)?;
        }
    }
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    for key in keys().iter().skip(index as usize).step_by(5) {
        if index == 0 {
            cx.ok(store.set(key, b"new").await)?;
        } else {
            cx.check("KV-DELETE-1", "delete while others delete")
                .ok(store.delete(key).await)?;
            cx.check("KV-DELETE-1", "get of an own deleted key")
                .none(store.get(key).await)?;
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let keys = keys();
    let mut left = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        // The fifth share belongs to nobody.
        let (clause, expected): (_, Option<&[u8]>) = match at % 5 {
            0 => ("KV-SET-3", Some(b"new")),
            4 => ("KV-DELETE-3", Some(b"old")),
            _ => ("KV-DELETE-1", None),
        };
        cx.check(clause, "get after several instances deleted keys")
            .returns(store.get(key).await, expected.map(<[u8]>::to_vec))?;
        left.extend(expected.map(|_| key));
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-DELETE-3", "list after several instances deleted keys")
        .keys(&listed, &left)
}
