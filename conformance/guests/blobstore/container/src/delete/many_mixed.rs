use conformance_kit::prelude::*;

use crate::listing::shuffle;
use crate::objects::{is_exactly, names_of, put_all, some_objects};

case! {
    id: "blob.delete.many.mixed",
    title: "delete-many takes absent and repeated names among present ones",
    clauses: ["BLOB-DELETEMANY-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let kept = some_objects(cx, "kept/", 5);
    put_all(cx, &container, &kept).await?;
    let absent = names_of(&some_objects(cx, "absent/", 8));
    for round in 0..6 {
        let gone = some_objects(cx, "", 8);
        put_all(cx, &container, &gone).await?;
        let present = names_of(&gone);
        let names = match round {
            0 => [&absent[..], &present].concat(),
            1 => [&present[..], &absent].concat(),
            2 => [&present[..], &present].concat(),
            3 => [&absent[..], &absent].concat(),
            _ => {
                let mut all = [&present[..], &absent, &present, &absent].concat();
                shuffle(cx, &mut all);
                all
            }
        };
        let message = "delete-many of present, absent and repeated names";
        cx.check("BLOB-DELETEMANY-1", message)
            .ok(container.delete_many(&names).await)?;
        let left = if round == 3 {
            [&kept[..], &gone].concat()
        } else {
            kept.clone()
        };
        is_exactly(cx, "BLOB-DELETEMANY-1", &container, &left).await?;
        cx.ok(container.delete_many(&present).await)?;
    }
    Ok(())
}
