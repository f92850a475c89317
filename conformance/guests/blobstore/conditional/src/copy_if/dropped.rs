use conformance_kit::prelude::*;

use crate::support::version;
use crate::whole::{States, read};
use blobstore::conditional_copy::copy_if;

case! {
    /// Its effect may still come after the drop, but not over what it did not expect.
    id: "blob.copy-if.dropped",
    title: "a copy-if that is dropped in flight leaves the object old or new, and does not touch what is written afterwards",
    clauses: ["TYP-CALL-1"],
    requires: ["blob.conditional-copy"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const STATES: States = States(30_000);
const ROUNDS: usize = 12;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    STATES.put(cx, &container, "source", 1).await?;
    let mut dropped = 0;
    for round in 0..ROUNDS {
        let name = format!("object-{round}");
        let old = STATES.put(cx, &container, &name, 0).await?;
        let expected = version(&old);
        let call = begin(copy_if(
            &container, "source", None, &container, &name, expected,
        ))
        .await;
        dropped += u32::from(call.in_flight());
        drop(call);
        let check = cx.check("TYP-CALL-1", "get after a copy-if was dropped");
        let found = check.some(read(cx, &container, &name).await)?;
        let number = STATES.is_one(check, &found)?;
        check.that(number < 2, "the old or the new state", &number)?;
        STATES.put(cx, &container, &name, 2).await?;
        let check = cx.check("TYP-CALL-1", "put and get after a copy-if was dropped");
        let found = check.some(read(cx, &container, &name).await)?;
        check.equal(STATES.is_one(check, &found)?, 2)?;
    }
    cx.note(format!(
        "{dropped} of {ROUNDS} calls were dropped in flight"
    ));
    Ok(())
}
