use blobstore::{Precondition, PutOptions};
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{Kept, is_absent, marked, sized};

case! {
    /// Who has to write with another size tries again; who has lost to somebody else must
    /// not.
    id: "blob.put.size-and-condition",
    title: "a put whose condition fails and whose size is wrong is told of the condition",
    clauses: ["BLOB-COND-2", "BLOB-PUT-6", "TYP-ERR-6"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = Kept::put(cx, &container, "old", b"as it was").await?;
    let bytes = big(cx, 300_000);
    for (size, stated) in [
        (0, 1),
        (5, 6),
        (6, 5),
        (1, 0),
        (300_000, 300_001),
        (300_000, 299_999),
        (300_000, 5),
        (5, 1 << 30),
    ] {
        for (name, expected) in [
            ("old", Precondition::Absent),
            ("old", Precondition::Version("x".to_owned())),
            ("new", Precondition::Version("x".to_owned())),
        ] {
            let options = PutOptions {
                expected: Some(expected),
                ..marked(sized(stated))
            };
            let put = container.put_with(name, &bytes[..size], options).await;
            let message = format!("conditional put of {size} bytes as {stated}");
            cx.check("BLOB-COND-2", &message)
                .fails(put, Kind::PreconditionFailed)?;
        }
        // The size alone is what such a put is told of where its condition holds.
        let options = PutOptions {
            expected: Some(Precondition::Absent),
            ..marked(sized(stated))
        };
        let put = container.put_with("new", &bytes[..size], options).await;
        let message = format!("put of {size} bytes as {stated} of an absent object");
        cx.check("BLOB-PUT-6", &message)
            .fails(put, Kind::InvalidArgument)?;
        old.is_still(cx, "TYP-ERR-6", &container).await?;
        is_absent(cx, "TYP-ERR-6", &container, "new").await?;
    }
    Ok(())
}
