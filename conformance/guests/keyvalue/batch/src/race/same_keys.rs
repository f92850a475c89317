use conformance_kit::prelude::*;
use keyvalue::batch;

case! {
    /// Batches are no transactions: two of them may mix by items, never within
    /// one.
    actors: 5,
    id: "kv.batch.race.same-keys",
    title: "when several instances write one set of keys each key has the value of one of them",
    clauses: ["KV-SET-4", "KV-VALUE-4"],
    requires: ["kv.batch"],
}

const KEYS: usize = 20;
const ROUNDS: usize = 8;

fn names() -> Vec<String> {
    (0..KEYS).map(|number| format!("key-{number}")).collect()
}

/// Nothing but one letter, of a length that the letter tells.
fn value(actor: u32, round: u32) -> Vec<u8> {
    let letter = b'a' + actor as u8;
    vec![letter; 300 * (1 + actor as usize) + round as usize]
}

fn is_whole(value: &[u8]) -> bool {
    let Some(letter) = value.first() else {
        return false;
    };
    let actor = letter.wrapping_sub(b'a');
    let rest = value.len().wrapping_sub(300 * (1 + usize::from(actor)));
    actor < 5 && rest <= ROUNDS && value.iter().all(|byte| byte == letter)
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let items: Vec<_> = names().into_iter().map(|key| (key, value(0, 0))).collect();
    cx.ok(batch::set_many(&store, &items).await)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut names = names();
    cx.rounds(index, ROUNDS, async |round| {
        crate::support::shuffle(cx, &mut names);
        let items: Vec<_> = names
            .iter()
            .map(|key| (key, value(index, round as u32)))
            .collect();
        if index > 0 && round <= ROUNDS {
            cx.ok(batch::set_many(&store, &items).await)?;
        }
        for read in cx.ok(batch::get_many(&store, &names).await)? {
            let whole = read.as_deref().is_some_and(is_whole);
            cx.check("KV-VALUE-4", "get-many while several instances write")
                .that(whole, "the value of one write", &read)?;
        }
        Ok(())
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let last: Vec<_> = (1..5).map(|actor| value(actor, ROUNDS as u32)).collect();
    let by_batch = cx.ok(batch::get_many(&store, &names()).await)?;
    for (key, read) in names().iter().zip(by_batch) {
        let of_one = read.as_ref().is_some_and(|read| last.contains(read));
        cx.check("KV-SET-4", "get-many after all batches").that(
            of_one,
            "the last value of one of the writers",
            &read,
        )?;
        let by_get = cx.ok(store.get(key).await)?;
        cx.check("KV-SET-4", "compare get-many and get after all batches")
            .equal(read, by_get)?;
    }
    Ok(())
}
