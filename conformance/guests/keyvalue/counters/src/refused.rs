//! What all cases about values that are no counters do with them.

use conformance_kit::prelude::*;
use keyvalue::counters::increment;

/// Checks that none of `values` is a counter, for several deltas, and that each
/// stays as it is.
pub(crate) async fn refused<V: AsRef<[u8]>>(cx: &Context, values: &[V]) -> Outcome {
    let store = cx.store().await?;
    for (place, value) in values.iter().map(AsRef::as_ref).enumerate() {
        let key = format!("key-{place}");
        cx.ok(store.set(&key, value).await)?;
        for delta in [0, 1, -1, cx.random() as i64] {
            cx.check("KV-INCR-5", &format!("increment of {}", value.shown()))
                .fails(increment(&store, &key, delta).await, Kind::WrongType)?;
        }
        cx.check("KV-INCR-7", "get after refused increments")
            .value(store.get(&key).await, value)?;
    }
    Ok(())
}
