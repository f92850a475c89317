use conformance_kit::prelude::*;

use crate::listing::NONE;
use crate::objects::{is_exactly, is_state, some_options};

case! {
    id: "blob.move.other-container",
    title: "a move to another container takes the object there, under its name or another",
    clauses: ["BLOB-MOVE-1", "BLOB-COPY-5"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let (bytes, options) = (cx.random_bytes(3_000), some_options(cx));
    cx.ok(container.put_with("object", &bytes, options.clone()).await)?;
    let mut name = "object";
    for (from, to, new_name) in [
        (&container, &other, "object"),
        (&other, &container, "a/moved"),
        (&container, &other, "object/"),
        (&other, &container, "object/"),
    ] {
        let old_name = name;
        // Known to be there, until it is moved.
        cx.info(from, old_name).await?;
        let moved = cx
            .check("BLOB-COPY-5", "move to another container")
            .ok(from.r#move(name, to, new_name).await)?;
        name = new_name;
        cx.check("BLOB-COPY-5", "look for an object in another container")
            .some(to.head(name).await)?;
        let check = cx.check("BLOB-MOVE-1", "read an object in another container");
        let info = is_state(check, to, name, &bytes, &options).await?;
        let check = cx.check("BLOB-MOVE-1", "compare the version that a move returned");
        check.equal(info.version, moved)?;
        is_exactly(cx, "BLOB-MOVE-1", to, &[(name.to_owned(), bytes.clone())]).await?;
        check.keys(&cx.all_names(from, "", None).await?, NONE)?;
        let check = cx.check("BLOB-MOVE-1", "read an object that was moved away");
        check.none(from.head(old_name).await)?;
        check.none(from.get(old_name).await)?;
    }
    Ok(())
}
