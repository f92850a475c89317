use conformance_kit::prelude::*;

use crate::objects::{is_state, some_options};
use blobstore::{Precondition, PutOptions};

case! {
    id: "blob.cond.create",
    title: "a put that expects no object creates one, and fails where one is",
    clauses: ["BLOB-COND-1", "BLOB-COND-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [10, 0, 30_000] {
        let name = format!("object/{size}");
        let options = PutOptions {
            expected: Some(Precondition::Absent),
            ..some_options(cx)
        };
        let bytes = cx.random_bytes(size);
        let created = container.put_with(&name, &bytes, options.clone()).await;
        let version = cx
            .check(
                "BLOB-COND-1",
                "put that expects the absent object to be absent",
            )
            .ok(created)?;
        for other in [&bytes[..], b"other"] {
            cx.check(
                "BLOB-COND-2",
                "put that expects a present object to be absent",
            )
            .fails(
                container.create(&name, other).await,
                Kind::PreconditionFailed,
            )?;
        }
        let check = cx.check("BLOB-COND-2", "read after a put that failed");
        let info = is_state(check, &container, &name, &bytes, &options).await?;
        check.equal(info.version, version)?;
    }
    Ok(())
}
