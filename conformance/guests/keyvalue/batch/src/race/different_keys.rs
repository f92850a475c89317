use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, Item, is_exactly, keys_of};

case! {
    actors: 6,
    id: "kv.batch.race.different-keys",
    title: "batches of several instances on different keys are all carried out, and seen by all later",
    clauses: ["KV-BATCH-8", "KV-VISIBLE-1", "KV-SESSION-1"],
    requires: ["kv.batch"],
}

fn items(actor: u32, round: u32) -> Vec<Item> {
    let item = |number| {
        let value = format!("{round} of {actor}, {number}");
        (format!("{number}/{actor}"), value.into_bytes())
    };
    (0..FLOOR).map(item).collect()
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for actor in 0..6 {
        cx.ok(batch::set_many(&store, &items(actor, 0)).await)?;
    }
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    for round in 0..5 {
        let items = items(index, round);
        let (clause, keys) = match round {
            0 => ("KV-VISIBLE-1", keys_of(&items)),
            _ => ("KV-SESSION-1", keys_of(&items)),
        };
        if round > 0 {
            cx.ok(batch::set_many(&store, &items).await)?;
        }
        let values = items.iter().map(|(_, value)| Some(value.clone())).collect();
        cx.check(clause, "get-many of keys that no other instance writes")
            .returns(batch::get_many(&store, &keys).await, values)?;
        if round == 2 {
            cx.ok(batch::delete_many(&store, &keys).await)?;
            cx.check("KV-SESSION-1", "get-many of deleted keys")
                .returns(batch::get_many(&store, &keys).await, vec![None; FLOOR])?;
        }
    }
    // The last batch of each takes some of its keys away.
    cx.ok(batch::delete_many(&store, &keys_of(&items(index, 4))[..7]).await)?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let held: Vec<Item> = (0..seen.len() as u32)
        .flat_map(|actor| items(actor, 4).split_off(7))
        .collect();
    for items in held.chunks(FLOOR) {
        let values = items.iter().map(|(_, value)| Some(value.clone())).collect();
        cx.check("KV-VISIBLE-1", "get-many of what other instances wrote")
            .returns(batch::get_many(&store, &keys_of(items)).await, values)?;
    }
    is_exactly(cx, "KV-BATCH-8", &store, &held).await
}
