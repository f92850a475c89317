use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{put, some_items, up_to};

case! {
    id: "kv.batch.get.random",
    title: "get-many of keys in any order, absent and repeated ones among them, has each in its place",
    clauses: ["KV-GETMANY-1", "KV-GETMANY-2", "KV-GETMANY-3"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let present = some_items(cx, "", 60);
    let absent = some_items(cx, "absent/", 20);
    put(cx, &store, &present).await?;
    for wanted in [2, 7, 25, 60, 101, 250, 600] {
        let (mut keys, mut expected) = (Vec::new(), Vec::new());
        for _ in 0..up_to(cx, wanted)? {
            let place = cx.random_below(80) as usize;
            match present.get(place) {
                Some((key, value)) => {
                    keys.push(key.as_str());
                    expected.push(Some(value.clone()));
                }
                None => {
                    keys.push(&absent[place - 60].0);
                    expected.push(None);
                }
            }
        }
        let message = format!("get-many of {} keys", keys.len());
        let values = batch::get_many(&store, &keys).await;
        let values = cx.check("KV-GETMANY-2", &message).ok(values)?;
        cx.check("KV-GETMANY-1", &message)
            .equal(values.len(), keys.len())?;
        let wrong = values.iter().zip(&expected).position(|(a, b)| a != b);
        let repeated = wrong.is_some_and(|place| keys[..place].contains(&keys[place]));
        let clause = if repeated {
            "KV-GETMANY-3"
        } else {
            "KV-GETMANY-2"
        };
        let from = wrong.unwrap_or(0);
        cx.check(clause, &format!("{message}, from place {from} on"))
            .equal(values[from..].to_vec(), expected[from..].to_vec())?;
    }
    Ok(())
}
