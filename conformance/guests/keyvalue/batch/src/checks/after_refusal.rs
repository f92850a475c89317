use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, all_refuse, is_exactly, keys_of, some_items};

case! {
    id: "kv.batch.after-refusal",
    title: "the batch without its bad items works after it was refused",
    clauses: ["KV-BATCH-4", "KV-SETMANY-1", "KV-GETMANY-2", "KV-DELETEMANY-1"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for _ in 0..3 {
        let items = some_items(cx, "", FLOOR - 1);
        let keys = keys_of(&items);
        let place = cx.random_below(FLOOR as u64) as usize;
        let mut bad = keys.clone();
        bad.insert(place, "");
        let refusal = (Kind::InvalidArgument, [place as u32]);
        all_refuse(cx, "KV-BATCH-4", &store, &bad, refusal.0, &refusal.1).await?;
        cx.check("KV-SETMANY-1", "set-many after a refusal")
            .ok(batch::set_many(&store, &items).await)?;
        is_exactly(cx, "KV-SETMANY-1", &store, &items).await?;
        all_refuse(cx, "KV-BATCH-4", &store, &bad, refusal.0, &refusal.1).await?;
        let values = items.iter().map(|(_, value)| Some(value.clone())).collect();
        cx.check("KV-GETMANY-2", "get-many after a refusal")
            .returns(batch::get_many(&store, &keys).await, values)?;
        cx.check("KV-DELETEMANY-1", "delete-many after a refusal")
            .ok(batch::delete_many(&store, &keys).await)?;
        is_exactly(cx, "KV-DELETEMANY-1", &store, &[]).await?;
    }
    Ok(())
}
