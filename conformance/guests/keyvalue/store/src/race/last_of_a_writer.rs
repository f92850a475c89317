use conformance_kit::prelude::*;

case! {
    actors: 4,
    id: "kv.race.last-of-a-writer",
    title: "keys that several instances wrote end with the last value of one of them",
    clauses: ["KV-SET-4", "KV-VISIBLE-1"],
    timeout_s: 30,
}

const KEYS: [&str; 4] = ["a", "b", "c", "d"];
const ROUNDS: u32 = 15;

fn value(index: usize, round: u32) -> Vec<u8> {
    format!("{index}:{round}")
        .repeat(1 + index * 100)
        .into_bytes()
}

async fn prepare(cx: &Context) -> Outcome {
    cx.store().await.map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    for round in 0..=ROUNDS {
        let value = value(index as usize, round);
        for written in together(KEYS.iter().map(|key| store.set(key, &value))).await {
            cx.ok(written)?;
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    for key in KEYS {
        let check = cx.check("KV-SET-4", "get after all writers ended");
        let last = check.some(store.get(key).await)?;
        let all = |round| (0..seen.len()).map(move |index| value(index, round));
        let written = (0..=ROUNDS).any(|round| all(round).any(|value| value == last));
        check.that(written, "a value that was written", &last)?;
        let latest = all(ROUNDS).any(|value| value == last);
        cx.check("KV-VISIBLE-1", "get after all writers ended")
            .that(latest, "the last value of one of the writers", &last)?;
    }
    Ok(())
}
