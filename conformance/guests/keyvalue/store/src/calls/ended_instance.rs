use conformance_kit::prelude::*;

case! {
    /// The actors neither await nor drop their calls: they end with them.
    actors: 3,
    id: "kv.calls.ended-instance",
    title: "an instance that ends with calls in flight leaves every key old or new",
    clauses: ["TYP-CALL-3", "TYP-CALL-1"],
    timeout_s: 30,
}

const KEYS: u32 = 12;

fn key(index: u32, at: u32) -> String {
    format!("key-{index}-{at}")
}

fn value(at: u32, new: bool) -> Vec<u8> {
    vec![if new { b'n' } else { b'o' }; 4_000 + 1_000 * at as usize]
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for index in 0..3 {
        for at in 0..KEYS {
            cx.ok(store.set(&key(index, at), &value(at, false)).await)?;
        }
    }
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store: &'static Store = Box::leak(Box::new(cx.store().await?));
    let mut in_flight = 0;
    for at in 0..KEYS {
        let call = begin(async move {
            let key = key(index, at);
            match at % 4 {
                3 => store.delete(&key).await,
                _ => store.set(&key, &value(at, true)).await,
            }
        })
        .await;
        in_flight += u32::from(call.in_flight());
        core::mem::forget(call);
    }
    Ok(vec![format!("{in_flight} in flight")])
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    cx.note(seen.concat().join(", "));
    let store = cx.store().await?;
    for index in 0..seen.len() as u32 {
        for at in 0..KEYS {
            let check = cx.check("TYP-CALL-3", "get of a key whose writer ended");
            let read = check.ok(store.get(&key(index, at)).await)?;
            let new = (at % 4 != 3).then(|| value(at, true));
            let either = read == Some(value(at, false)) || read == new;
            check.that(either, "the old or the new state", &read)?;
        }
    }
    let check = || cx.check("TYP-CALL-1", "use the store after its users ended");
    check().ok(store.set("after", b"value").await)?;
    check().value(store.get("after").await, b"value")
}
