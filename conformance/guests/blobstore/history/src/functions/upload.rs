use blobstore::{history, multipart};
use conformance_kit::prelude::*;

use crate::states_of::{are_kept, sorted, versions, written};

case! {
    id: "blob.history.upload",
    title: "an upload that is begun, sent parts of and aborted leaves no state",
    clauses: [
        "BLOB-UPLOAD-1",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
    ],
    requires: ["blob.history", "blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let states = [
        written(cx, &container, "object", 0).await?,
        written(cx, &container, "object", 1).await?,
    ];
    let own = sorted(states.iter().map(|state| state.info.version.as_str()));
    for (name, expected) in [("object", &own[..]), ("new", &[])] {
        let shows_none = async |message: &str| {
            let listed = history::all(cx, &container, name, None).await?;
            cx.check("BLOB-UPLOAD-1", message)
                .keys(&versions(&listed), expected)
        };
        let upload = cx.ok(multipart::begin(&container, name).await)?;
        shows_none("versions after begin").await?;
        let part = multipart::put_part(&container, name, &upload, 1, b"part");
        cx.ok(part.await)?;
        shows_none("versions after a part").await?;
        let begun = multipart::begin_part(&container, name, &upload, 2, 10);
        let (mut writer, answer) = begun;
        writer.write(b"half").await;
        shows_none("versions while a part is sent").await?;
        let _ = both(writer.fail(Error::Cancelled), answer.wait()).await;

        cx.ok(multipart::abort(&container, name, &upload).await)?;
        shows_none("versions after abort").await?;
    }
    are_kept(cx, &container, "object", &states).await
}
