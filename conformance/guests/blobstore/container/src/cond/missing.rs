use conformance_kit::prelude::*;

use crate::listing::NONE;

case! {
    id: "blob.cond.missing",
    title: "a put that expects a version of an absent object fails and creates nothing",
    clauses: ["BLOB-COND-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let gone = cx.ok(container.put("deleted", b"bytes").await)?;
    cx.ok(container.delete("deleted").await)?;
    for name in ["deleted", "never"] {
        for version in [gone.as_str(), "", "1", "*"] {
            cx.check(
                "BLOB-COND-2",
                "put that expects a version of an absent object",
            )
            .fails(
                container.replace(name, b"never", version).await,
                Kind::PreconditionFailed,
            )?;
        }
        cx.check("BLOB-COND-2", "get after puts that failed")
            .none(container.get(name).await)?;
    }
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("BLOB-COND-2", "list after puts that failed")
        .keys(&listed, NONE)
}
