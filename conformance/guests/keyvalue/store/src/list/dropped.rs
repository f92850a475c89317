use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, some_keys};

case! {
    id: "kv.list.dropped",
    title: "lists that are dropped in flight disturb no later list, and keep the cursor good",
    clauses: ["TYP-CALL-1", "KV-LIST-1"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "", 12);
    fill(cx, &store, &keys).await?;
    let mut undisturbed = Walk::new("");
    while !undisturbed.ended {
        let check = cx.check("KV-LIST-1", "read a list");
        undisturbed.step(check, &store, Some(2)).await?;
        check.that(
            undisturbed.pages.len() < 14,
            "an end of the list",
            &undisturbed.keys(),
        )?;
    }
    cx.check("KV-LIST-1", "read a list")
        .keys(&undisturbed.keys(), &keys)?;
    let mut walk = Walk::new("");
    let mut dropped = 0;
    while !walk.ended {
        for size in [None, Some(1), Some(0)] {
            let call = begin(store.list("", None, size)).await;
            dropped += u32::from(call.in_flight());
        }
        let check = cx.check("TYP-CALL-1", "read on after dropped lists");
        walk.step(check, &store, Some(2)).await?;
        check.that(walk.pages.len() < 14, "an end of the list", &walk.keys())?;
    }
    cx.note(format!("{dropped} lists were dropped in flight"));
    cx.check("TYP-CALL-1", "read a list between dropped lists")
        .keys(&walk.keys(), &keys)
}
