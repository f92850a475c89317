use conformance_kit::prelude::*;

use crate::support::absent;
use blobstore::{conditional_copy::copy_if, is_exactly, odd_names, put_all, with_bytes};

case! {
    id: "blob.copy-if.odd-names",
    title: "copy-if takes names of all kinds, and copies to no other",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-3"],
    requires: ["blob.conditional-copy"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let objects = with_bytes(cx, &odd_names(cx)?);
    let versions = put_all(cx, &container, &objects).await?;
    // Each gets the name of the next one.
    let next = |place: usize| objects[(place + 1) % objects.len()].0.as_str();
    let places: Vec<usize> = (0..objects.len()).collect();
    let copies = each(&places, |place| {
        let (name, source) = (&objects[*place].0, Some(versions[*place].as_str()));
        copy_if(&container, name, source, &other, next(*place), absent())
    });
    for (place, copied) in places.iter().zip(copies.await) {
        let (name, new_name) = (objects[*place].0.shown(), next(*place).shown());
        cx.check("BLOB-NAME-1", &format!("copy-if of {name} as {new_name}"))
            .ok(copied)?;
    }
    let copies = places.iter().map(|place| {
        let bytes = objects[*place].1.clone();
        (next(*place).to_owned(), bytes)
    });
    let copies: Vec<_> = copies.collect();
    is_exactly(cx, "BLOB-NAME-2", &other, &copies).await?;
    is_exactly(cx, "BLOB-NAME-3", &container, &objects).await
}
