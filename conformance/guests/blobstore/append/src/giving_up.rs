//! Appends that are given up, by each of the ways there are.

use blobstore::{append, patiently};
use conformance_kit::prelude::*;

/// How long a case watches for something that must not happen.
const WATCH: Duration = Duration::from_millis(60);

/// Gives appends to the object `name` up, after these bytes: by the word at the end of the
/// stream, by that word while the stream is open, and by dropping the call. The case lists
/// BLOB-STREAM-2, and looks at the object then.
pub(crate) async fn gives_up(
    cx: &Context,
    container: &Container,
    name: &str,
    bytes: &[u8],
    error: &Error,
) -> Outcome {
    // What was dropped before may overlap it.
    let give_up = async || {
        let (mut writer, answer) = append::begin(container, name, None);
        let write = async {
            writer.write(bytes).await;
            writer.fail(error.clone()).await;
        };
        both(write, answer.wait()).await.1
    };
    cx.check("BLOB-STREAM-2", "append whose end says an error")
        .fails(patiently(cx, give_up).await, Kind::Cancelled)?;
    // Also while the stream stays open.
    let give_up = async || {
        let (mut writer, answer) = append::begin(container, name, None);
        writer.write(bytes).await;
        let given_up = both(writer.say(Err(error.clone())), answer.wait());
        let ended = cx.within(cx.patience(), given_up).await;
        ended.map(|(_, ended)| ended).transpose()
    };
    let check = cx.check("BLOB-STREAM-2", "give up an append whose stream is open");
    match patiently(cx, give_up).await.transpose() {
        Some(ended) => check.fails(ended, Kind::Cancelled)?,
        None => check.that(false, "cancelled", "no answer")?,
    }
    let (mut writer, answer) = append::begin(container, name, None);
    writer.write(bytes).await;
    drop(answer);
    // It says ok, but nobody is to hear it, and nobody need take it.
    cx.within(WATCH * 10, writer.finish()).await;
    Ok(())
}
