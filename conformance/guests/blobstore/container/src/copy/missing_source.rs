use conformance_kit::prelude::*;

use crate::objects::{is_exactly, is_state, some_options};

case! {
    id: "blob.copy.missing-source",
    title: "a copy of an absent object is not-found and leaves what is under the new name",
    clauses: ["BLOB-COPY-4", "TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let (bytes, options) = (cx.random_bytes(60), some_options(cx));
    cx.ok(container.put("deleted", b"bytes").await)?;
    cx.ok(container.delete("deleted").await)?;
    for to in [&container, &other] {
        let written = to.put_with("present", &bytes, options.clone()).await;
        let version = cx.ok(written)?;
        for name in ["deleted", "never", "presen", "present/"] {
            for new_name in ["present", "new", name] {
                cx.check("BLOB-COPY-4", "copy of an absent object")
                    .fails(container.copy(name, to, new_name).await, Kind::NotFound)?;
            }
        }
        let check = cx.check("TYP-ERR-6", "read after copies of absent objects");
        let info = is_state(check, to, "present", &bytes, &options).await?;
        check.equal(info.version, version)?;
        is_exactly(
            cx,
            "TYP-ERR-6",
            to,
            &[("present".to_owned(), bytes.clone())],
        )
        .await?;
    }
    Ok(())
}
