use conformance_kit::prelude::*;

use crate::listing::NONE;
use crate::objects::{is_state, some_options};

case! {
    id: "blob.copy.other-container",
    title: "a copy to another container is there, under the same name or another, and nowhere else",
    clauses: ["BLOB-COPY-5", "BLOB-COPY-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    for (from, to) in [(&container, &other), (&other, &container)] {
        let (bytes, options) = (cx.random_bytes(500), some_options(cx));
        cx.ok(from.put_with("object", &bytes, options.clone()).await)?;
        for new_name in ["object", "a/copy"] {
            let copied = cx
                .check("BLOB-COPY-5", "copy to another container")
                .ok(from.copy("object", to, new_name).await)?;
            cx.check("BLOB-COPY-5", "look for a copy in another container")
                .some(to.head(new_name).await)?;
            let check = cx.check("BLOB-COPY-1", "read a copy in another container");
            let info = is_state(check, to, new_name, &bytes, &options).await?;
            let check = cx.check("BLOB-COPY-1", "compare the version that a copy returned");
            check.equal(info.version, copied)?;
        }
        let check = cx.check("BLOB-COPY-5", "list both containers after copies");
        check.keys(&cx.all_names(from, "", None).await?, &["object"])?;
        check.keys(&cx.all_names(to, "", None).await?, &["object", "a/copy"])?;
        cx.ok(from.delete("object").await)?;
        is_state(check, to, "object", &bytes, &options).await?;
        cx.ok(to.delete_many(&["object", "a/copy"]).await)?;
        check.keys(&cx.all_names(to, "", None).await?, NONE)?;
    }
    Ok(())
}
