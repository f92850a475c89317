use blobstore::odd_names;
use conformance_kit::prelude::*;

use crate::listing::each;
use crate::objects::{is_exactly, names_of, put_all, with_bytes};

case! {
    /// The name of the source travels in a place of its own, such as a header.
    id: "blob.copy.odd-names",
    title: "objects with names of all kinds are copied to such names, and to no other",
    clauses: ["BLOB-COPY-1", "BLOB-NAME-2"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let objects = with_bytes(cx, &odd_names(cx)?);
    put_all(cx, &container, &objects).await?;
    let names = names_of(&objects);
    // Each gets the name of the next one.
    let pairs: Vec<(&String, &String)> = (0..names.len())
        .map(|place| (&names[place], &names[(place + 1) % names.len()]))
        .collect();
    let copies = each(&pairs, |(name, new_name)| {
        container.copy(name, &other, new_name)
    });
    for ((name, new_name), copied) in pairs.iter().zip(copies.await) {
        let message = format!("copy of {} as {}", name.shown(), new_name.shown());
        cx.check("BLOB-COPY-1", &message).ok(copied)?;
    }
    let mut expected = objects.clone();
    for (place, object) in expected.iter_mut().enumerate() {
        object.0.clone_from(&names[(place + 1) % names.len()]);
    }
    is_exactly(cx, "BLOB-NAME-2", &other, &expected).await?;
    is_exactly(cx, "BLOB-NAME-2", &container, &objects).await
}
