use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{Item, is_exactly, keys_of};

case! {
    actors: 6,
    id: "kv.batch.race.deletes",
    title: "delete-many of several instances on shared keys deletes all of them and no others",
    clauses: ["KV-DELETEMANY-1", "KV-BATCH-8", "KV-VISIBLE-1"],
    requires: ["kv.batch"],
}

const KEYS: usize = 60;

fn items() -> Vec<Item> {
    let item = |number| (format!("key-{number}"), vec![number as u8; number]);
    (0..KEYS).map(item).collect()
}

/// Every fourth key is named by nobody.
fn is_kept(place: usize) -> bool {
    place % 4 == 3
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for part in items().chunks(20) {
        cx.ok(batch::set_many(&store, part).await)?;
    }
    Ok(())
}

/// Each key that goes is named by two instances or more.
async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let named: Vec<Item> = items()
        .into_iter()
        .enumerate()
        .filter(|(place, _)| !is_kept(*place) && place % 3 != index as usize % 3)
        .map(|(_, item)| item)
        .collect();
    for part in named.chunks(9) {
        let keys = keys_of(part);
        cx.check(
            "KV-DELETEMANY-1",
            "delete-many while others delete the same keys",
        )
        .ok(batch::delete_many(&store, &keys).await)?;
        cx.check("KV-DELETEMANY-1", "get-many of keys that all delete")
            .returns(batch::get_many(&store, &keys).await, vec![None; keys.len()])?;
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let all = items().into_iter().enumerate();
    let kept: Vec<Item> = all
        .filter(|(place, _)| is_kept(*place))
        .map(|(_, item)| item)
        .collect();
    let listed = cx.all_keys(&store, "", Some(7)).await?;
    cx.check("KV-VISIBLE-1", "read a list after others deleted")
        .keys(&listed, &keys_of(&kept))?;
    is_exactly(cx, "KV-BATCH-8", &store, &kept).await
}
