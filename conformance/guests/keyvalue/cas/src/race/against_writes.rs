use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    /// Whichever of the two comes first, the unconditional write decides the end:
    /// before the swap it makes the version an old one, after it it writes over
    /// the swap. A swap in two steps lets the swap win.
    id: "kv.cas.race.against-writes",
    title: "a set or delete in flight beside a swap or delete-if of the old version decides the end",
    clauses: ["KV-CAS-1", "KV-CAS-3", "KV-CAS-4"],
    requires: ["kv.cas"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

fn accept<T>(cx: &Context, result: Result<T, SwapError>) -> Outcome {
    match result {
        Ok(_) | Err(SwapError::Stale(_)) => Ok(()),
        Err(error) => cx.ok(Err(error)),
    }
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for round in 0..48 {
        let key = format!("key-{}", round % 5);
        cx.ok(store.set(&key, b"old").await)?;
        let old = cx.version(&store, &key).await?;
        let conditional = async {
            if round % 3 == 0 {
                accept(cx, cas::delete_if(&store, &key, &old).await)
            } else {
                accept(cx, cas::swap(&store, &key, b"swapped", &old).await)
            }
        };
        let deletes = round % 4 == 3;
        let plain = async {
            if deletes {
                cx.ok(store.delete(&key).await)
            } else {
                cx.ok(store.set(&key, b"set").await)
            }
        };
        let (one, two) = if round % 2 == 0 {
            both(conditional, plain).await
        } else {
            let (two, one) = both(plain, conditional).await;
            (one, two)
        };
        one?;
        two?;
        let check = cx.check(
            "KV-CAS-1",
            "get after an unconditional write and a conditional one",
        );
        if deletes {
            check.none(store.get(&key).await)?;
        } else {
            check.value(store.get(&key).await, b"set")?;
        }
        let late = cas::swap(&store, &key, b"late", &old).await;
        let expected = (!deletes).then_some(&b"set"[..]);
        cx.check("KV-CAS-3", "swap by the version before both")
            .stale(late, expected)?;
    }
    let values =
        together((0..5).map(|n| store.get(["key-0", "key-1", "key-2", "key-3", "key-4"][n]))).await;
    for value in values {
        let value = cx.ok(value)?;
        cx.check("KV-CAS-4", "get at the end").that(
            value.as_deref().is_none_or(|value| value == b"set"),
            "nothing or what set wrote",
            &value,
        )?;
    }
    Ok(())
}
