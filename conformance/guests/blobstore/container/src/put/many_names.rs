use conformance_kit::prelude::*;

use crate::pattern::Pattern;

case! {
    id: "blob.put.many-names",
    title: "64 puts of different objects in flight all complete with their own bytes",
    clauses: ["BLOB-PUT-1", "BLOB-PUT-3", "TYP-CALL-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let pattern = Pattern::new(cx);
    // No two of one length, and none the beginning of another.
    let objects: Vec<(String, Vec<u8>)> = (0..64)
        .map(|number| {
            let bytes = pattern.piece(number * 61, number * 601);
            (format!("object-{number}"), bytes)
        })
        .collect();
    let puts = objects
        .iter()
        .map(|(name, bytes)| container.put(name, bytes));
    for put in together(puts).await {
        cx.check("TYP-CALL-2", "put as one of 64 in flight")
            .ok(put)?;
    }
    let gets = objects.iter().map(|(name, _)| container.get(name));
    for (got, (_, bytes)) in together(gets).await.into_iter().zip(&objects) {
        cx.check("BLOB-PUT-1", "get of one of 64 objects")
            .value(got, bytes)?;
    }
    let listed = cx.all_names(&container, "", None).await?;
    let names: Vec<&String> = objects.iter().map(|(name, _)| name).collect();
    cx.check("BLOB-PUT-3", "list after 64 puts")
        .keys(&listed, &names)
}
