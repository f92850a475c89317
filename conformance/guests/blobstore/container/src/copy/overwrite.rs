use conformance_kit::prelude::*;

use crate::objects::{is_state, some_options};
use blobstore::options;

case! {
    id: "blob.copy.overwrite",
    title: "a copy over an object replaces the whole of it, be it longer or shorter",
    clauses: ["BLOB-COPY-1", "BLOB-PUT-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    for to in [&container, &other] {
        for (size, old_size, plain) in [
            (10, 5_000, false),
            (5_000, 10, false),
            (0, 7, true),
            (10, 10, false),
            (0, 0, true),
        ] {
            let bytes = cx.random_bytes(size);
            let new = if plain { options() } else { some_options(cx) };
            cx.ok(container.put_with("object", &bytes, new.clone()).await)?;
            // The same bytes do not make it the same object.
            let old = match old_size == size {
                true => bytes.clone(),
                false => cx.random_bytes(old_size),
            };
            let written = to.put_with("target", &old, some_options(cx)).await;
            let before = cx.ok(written)?;
            cx.check("BLOB-COPY-1", "copy over an object")
                .ok(container.copy("object", to, "target").await)?;
            let check = cx.check("BLOB-PUT-2", "read a copy over an object");
            let info = is_state(check, to, "target", &bytes, &new).await?;
            check.that(info.version != before, "another version", &info)?;
        }
    }
    Ok(())
}
