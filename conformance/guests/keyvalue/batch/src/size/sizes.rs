use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, keys_of, some_items, up_to};

case! {
    /// Where services split or refuse: 10, 16, 25, 50, 64, 100, 128, 256, 500.
    id: "kv.batch.sizes",
    title: "batches of all sizes up to the limit are carried out whole",
    clauses: ["KV-BATCH-1", "KV-BATCH-8", "KV-GETMANY-1"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut sizes = vec![1, 9, 10, 11, 16, 17, 24, 25, 26, 51, 65, 100, 101, 129, 257];
    let random = cx.random_below(200) as usize;
    sizes.push(1 + random);
    for size in &mut sizes {
        *size = up_to(cx, *size)?;
    }
    sizes.sort_unstable();
    sizes.dedup();
    for size in sizes {
        let items = some_items(cx, "", size);
        let (keys, message) = (keys_of(&items), format!("a batch of {size} items"));
        cx.check("KV-BATCH-1", &message)
            .ok(batch::set_many(&store, &items).await)?;
        let values = batch::get_many(&store, &keys).await;
        let values = cx.check("KV-BATCH-1", &message).ok(values)?;
        cx.check("KV-GETMANY-1", &message)
            .equal(values.len(), size)?;
        let expected = items.iter().map(|(_, value)| Some(value));
        let wrong = values
            .iter()
            .zip(expected)
            .position(|(a, b)| a.as_ref() != b);
        cx.check("KV-BATCH-8", &message).equal(wrong, None)?;
        cx.check("KV-BATCH-1", &message)
            .ok(batch::delete_many(&store, &keys).await)?;
        is_exactly(cx, "KV-BATCH-8", &store, &[]).await?;
    }
    Ok(())
}
