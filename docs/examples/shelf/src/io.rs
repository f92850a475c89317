//! Standard output and error for what this program has to say itself.

use crate::wasi::cli::{stderr, stdout};
use crate::{Failure, wit_stream};

/// Writes to standard output.
pub(crate) async fn print(text: &str) -> Result<(), Failure> {
    let (mut writer, reader) = wit_stream::new();
    let done = stdout::write_via_stream(reader);
    writer.write_all(text.into()).await;
    drop(writer);
    done.await
        .map_err(|code| Failure(format!("standard output cannot be written: {code:?}")))
}

/// Writes to standard error.
pub(crate) async fn complain(text: &str) -> Result<(), Failure> {
    let (mut writer, reader) = wit_stream::new();
    let done = stderr::write_via_stream(reader);
    writer.write_all(text.into()).await;
    drop(writer);
    done.await
        .map_err(|code| Failure(format!("standard error cannot be written: {code:?}")))
}
