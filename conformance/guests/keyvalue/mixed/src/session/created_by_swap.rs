use conformance_kit::prelude::*;
use keyvalue::{batch, cas};

case! {
    id: "kv.session.created-by-swap",
    title: "a key that a swap created or replaced is seen at once by every function that reads",
    clauses: ["KV-SESSION-3"],
    requires: ["kv.cas", "kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let (store, other) = (cx.store().await?, cx.store().await?);
    for round in 0..8 {
        let key = format!("key-{}", cx.random());
        let mut value = cx.random_bytes(12);
        let version = cx.ok(cas::create(&store, &key, &value).await)?;
        for replaced in [false, true] {
            if replaced {
                value = cx.random_bytes(12);
                cx.ok(cas::swap(&store, &key, &value, &version).await)?;
            }
            let check = cx.check("KV-SESSION-3", "read a key right after a swap");
            // Another function comes first in each round.
            for place in 0..4 {
                match (place + round) % 4 {
                    0 => {
                        let read = batch::get_many(&other, &["none", &key]).await;
                        check.returns(read, vec![None, Some(value.clone())])?;
                    }
                    1 => check.value(other.get(&key).await, &value)?,
                    2 => check.returns(other.exists(&key).await, true)?,
                    _ => check.keys(&cx.all_keys(&other, &key, None).await?, &[&key])?,
                }
            }
        }
    }
    Ok(())
}
