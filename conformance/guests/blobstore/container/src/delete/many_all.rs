use conformance_kit::prelude::*;

use crate::listing::shuffle;
use crate::objects::{is_exactly, names_of, put_all, some_objects};

case! {
    id: "blob.delete.many.all",
    title: "delete-many removes all objects that it names, hundreds of them, and no other",
    clauses: ["BLOB-DELETEMANY-1", "BLOB-DELETEMANY-2"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let kept = some_objects(cx, "a/", 20);
    put_all(cx, &container, &kept).await?;
    for count in [1, 2, 101, 300] {
        let gone = some_objects(cx, "a/", count);
        put_all(cx, &container, &gone).await?;
        let mut names = names_of(&gone);
        shuffle(cx, &mut names);
        cx.check("BLOB-DELETEMANY-2", "delete-many of present objects")
            .ok(container.delete_many(&names).await)?;
        is_exactly(cx, "BLOB-DELETEMANY-1", &container, &kept).await?;
    }
    Ok(())
}
