use conformance_kit::prelude::*;
use keyvalue::batch;

case! {
    /// One instance writes rising numbers, by turns with each function; the others
    /// read them, by turns with each function.
    actors: 4,
    id: "kv.batch.race.never-back",
    title: "reads of a session, by get-many and by get in turns, never go back in time",
    clauses: ["KV-SESSION-2", "KV-SESSION-3"],
    requires: ["kv.batch"],
}

const KEYS: usize = 5;
const ROUNDS: usize = 40;

fn names() -> Vec<String> {
    (0..KEYS).map(|number| format!("key-{number}")).collect()
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let items: Vec<_> = names().into_iter().map(|key| (key, "0")).collect();
    cx.ok(batch::set_many(&store, &items).await)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let names = names();
    let mut latest = [0_u64; KEYS];
    cx.rounds(index, ROUNDS, async |round| {
        if index == 0 && round <= ROUNDS {
            let value = round.to_string();
            if round % 3 == 0 {
                for key in &names {
                    cx.ok(store.set(key, value.as_bytes()).await)?;
                }
            } else {
                let items: Vec<_> = names.iter().map(|key| (key, &value)).collect();
                cx.ok(batch::set_many(&store, &items).await)?;
            }
        }
        let values = if round % 2 == 0 {
            cx.ok(batch::get_many(&store, &names).await)?
        } else {
            let read = together(names.iter().map(|key| store.get(key))).await;
            let read: Result<Vec<_>, _> = read.into_iter().collect();
            cx.ok(read)?
        };
        for (latest, value) in latest.iter_mut().zip(values) {
            let text = value
                .as_deref()
                .and_then(|value| core::str::from_utf8(value).ok());
            let number = text.and_then(|text| text.parse().ok());
            let check = cx.check("KV-SESSION-3", "read while another instance writes");
            let number: u64 = check.some(Ok::<_, Error>(number))?;
            let expected = format!("{latest} or more");
            cx.check("KV-SESSION-2", "read while another instance writes")
                .that(number >= *latest, &expected, &number)?;
            *latest = number;
        }
        Ok(())
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let last = Some(ROUNDS.to_string().into_bytes());
    cx.check("KV-SESSION-3", "get-many after all writes")
        .returns(batch::get_many(&store, &names()).await, vec![last; KEYS])
}
