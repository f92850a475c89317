use blobstore::{append, patiently};
use conformance_kit::prelude::*;

case! {
    id: "blob.append.given-up",
    title: "an append that is given up or dropped adds nothing, and creates nothing",
    clauses: ["BLOB-STREAM-2", "BLOB-STREAM-3"],
    requires: ["blob.append"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let version = cx.ok(container.put("present", b"bytes").await)?;
    let bytes = cx.random_bytes(1_000);
    let errors = [
        Error::Cancelled,
        Error::Timeout,
        Error::Other("the source ran dry".to_owned()),
        Error::PreconditionFailed,
    ];
    for name in ["present", "absent"] {
        for (count, error) in [0, 500, 1_000, 1_000].into_iter().zip(&errors) {
            // What was dropped in the round before may overlap it.
            let give_up = async || {
                let (mut writer, answer) = append::begin(&container, name, None);
                let write = async {
                    writer.write(&bytes[..count]).await;
                    writer.fail(error.clone()).await;
                };
                both(write, answer.wait()).await.1
            };
            cx.check("BLOB-STREAM-2", "append whose end says an error")
                .fails(patiently(cx, give_up).await, Kind::Cancelled)?;
            // Also while the stream stays open.
            let give_up = async || {
                let (mut writer, answer) = append::begin(&container, name, None);
                writer.write(&bytes[..count]).await;
                let given_up = both(writer.say(Err(error.clone())), answer.wait());
                let ended = cx.within(cx.patience(), given_up).await;
                ended.map(|(_, ended)| ended).transpose()
            };
            let check = cx.check("BLOB-STREAM-2", "give up an append whose stream is open");
            match patiently(cx, give_up).await.transpose() {
                Some(ended) => check.fails(ended, Kind::Cancelled)?,
                None => check.that(false, "cancelled", "no answer")?,
            }
            let (mut writer, answer) = append::begin(&container, name, None);
            writer.write(&bytes[..count]).await;
            drop(answer);
            // It says ok, but nobody is to hear it.
            writer.finish().await;
        }
    }
    let info = cx.info(&container, "present").await?;
    cx.check("BLOB-STREAM-2", "head after appends that were given up")
        .equal(info.version, version)?;
    cx.check("BLOB-STREAM-3", "get after appends that were given up")
        .value(container.get("present").await, b"bytes")?;
    cx.check("BLOB-STREAM-3", "get of the object that nobody has written")
        .none(container.get("absent").await)
}
