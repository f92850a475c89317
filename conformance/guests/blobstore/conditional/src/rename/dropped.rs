use conformance_kit::prelude::*;

use crate::support::absent;
use crate::whole::{States, read};
use blobstore::atomic_move::rename;

case! {
    /// Its effect may still come after the drop, but not once the new name is taken.
    id: "blob.rename.dropped",
    title: "an object whose rename is dropped in flight is under one of the names, and both can be used on",
    clauses: ["TYP-CALL-1"],
    requires: ["blob.atomic-move"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const STATES: States = States(2_000);
const ROUNDS: usize = 12;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut dropped = 0;
    for round in 0..ROUNDS {
        let (name, new_name) = (format!("old-{round}"), format!("new-{round}"));
        STATES.put(cx, &container, &name, 0).await?;
        let call = begin(rename(&container, &name, &new_name, absent())).await;
        dropped += u32::from(call.in_flight());
        drop(call);
        let check = cx.check("TYP-CALL-1", "look for an object whose rename was dropped");
        // In this order: what has left the old name is under the new one.
        let found = match check.ok(read(cx, &container, &name).await)? {
            Some(found) => found,
            None => check.some(read(cx, &container, &new_name).await)?,
        };
        check.equal(STATES.is_one(check, &found)?, 0)?;
        // And in this one: from here on the rename fails, whenever it comes.
        for (name, number) in [(&new_name, 1), (&name, 2)] {
            STATES.put(cx, &container, name, number).await?;
        }
        let check = cx.check("TYP-CALL-1", "put and get after a rename was dropped");
        for (name, number) in [(&new_name, 1), (&name, 2)] {
            let found = check.some(read(cx, &container, name).await)?;
            check.equal(STATES.is_one(check, &found)?, number)?;
        }
    }
    cx.note(format!(
        "{dropped} of {ROUNDS} calls were dropped in flight"
    ));
    Ok(())
}
