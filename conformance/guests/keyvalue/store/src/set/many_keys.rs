use conformance_kit::prelude::*;

use crate::support::each;

case! {
    id: "kv.set.many-keys",
    title: "hundreds of keys keep their own values, those included that are written anew",
    clauses: ["KV-SET-1", "KV-SET-3", "KV-DELETE-3"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let salt = cx.random();
    let mut entries: Vec<(String, String)> = (0..300)
        .map(|at| {
            (
                format!("{:x}/{at}", salt.rotate_left(at)),
                format!("first of {at}"),
            )
        })
        .collect();
    for written in each(&entries, |(key, value)| store.set(key, value.as_bytes())).await {
        cx.check("KV-SET-1", "set one of 300 keys").ok(written)?;
    }
    // Every third is replaced, every fifth of the others is removed.
    for (at, (_, value)) in entries.iter_mut().enumerate().step_by(3) {
        *value = format!("second of {at}");
    }
    let replaced: Vec<(String, String)> = entries.iter().step_by(3).cloned().collect();
    for written in each(&replaced, |(key, value)| store.set(key, value.as_bytes())).await {
        cx.check("KV-SET-1", "set one of 300 keys again")
            .ok(written)?;
    }
    let removed = |at: usize| !at.is_multiple_of(3) && at.is_multiple_of(5);
    for (_, (key, _)) in entries.iter().enumerate().filter(|(at, _)| removed(*at)) {
        cx.ok(store.delete(key).await)?;
    }
    let values = each(&entries, |(key, _)| store.get(key)).await;
    for (at, ((_, value), read)) in entries.iter().zip(values).enumerate() {
        let expected = (!removed(at)).then(|| value.clone().into_bytes());
        let clause = if at % 3 == 0 {
            "KV-SET-3"
        } else {
            "KV-DELETE-3"
        };
        cx.check(clause, &format!("get of key {at} of 300"))
            .returns(read, expected)?;
    }
    Ok(())
}
