use conformance_kit::prelude::*;

case! {
    id: "kv.get.history",
    title: "after any sequence of sets and deletes every read returns what the sequence left",
    clauses: ["KV-GET-1", "KV-GET-2", "KV-GET-3", "KV-EXISTS-1"],
    timeout_s: 30,
}

const KEYS: [&str; 7] = ["a", "a/b", "ab", "b", "a\0", "A", " a"];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut model: [(Option<Vec<u8>>, bool); 7] = Default::default();
    for step in 0..180 {
        let at = cx.random_below(7) as usize;
        let key = KEYS[at];
        match cx.random_below(5) {
            0 | 1 => {
                let length = [0, 1, 20, 900][cx.random_below(4) as usize];
                let value = cx.random_bytes(length);
                cx.ok(store.set(key, &value).await)?;
                model[at] = (Some(value), true);
            }
            2 => {
                cx.ok(store.delete(key).await)?;
                model[at].0 = None;
            }
            _ => {
                let (value, written) = &model[at];
                let clause = match (value, written) {
                    (Some(_), _) => "KV-GET-1",
                    (None, true) => "KV-GET-3",
                    (None, false) => "KV-GET-2",
                };
                let message = format!("get of {} after {step} steps", key.shown());
                cx.check(clause, &message)
                    .returns(store.get(key).await, value.clone())?;
                let message = format!("exists of {} after {step} steps", key.shown());
                cx.check("KV-EXISTS-1", &message)
                    .returns(store.exists(key).await, value.is_some())?;
            }
        }
    }
    let present = (0..).zip(&model).filter(|(_, (value, _))| value.is_some());
    let present: Vec<&str> = present.map(|(at, _): (usize, _)| KEYS[at]).collect();
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-GET-1", "list after all steps")
        .keys(&listed, &present)
}
