use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, is_exactly, some_items, with_new_values};

case! {
    id: "kv.batch.set.again",
    title: "set-many of the same keys in another order gives each its own newest value",
    clauses: ["KV-SETMANY-1"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut items = some_items(cx, "", FLOOR);
    for _ in 0..4 {
        items = with_new_values(cx, &items);
        crate::support::shuffle(cx, &mut items);
        let check = cx.check("KV-SETMANY-1", "set-many of the same keys in another order");
        check.ok(batch::set_many(&store, &items).await)?;
        // The same batch twice has the effect of one.
        check.ok(batch::set_many(&store, &items).await)?;
        is_exactly(cx, "KV-SETMANY-1", &store, &items).await?;
    }
    Ok(())
}
