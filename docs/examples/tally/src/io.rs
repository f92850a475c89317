//! Standard input, output and error as whole texts.

use crate::wasi::cli::{stderr, stdin, stdout};
use crate::{Failure, wit_stream};

/// Everything that comes on standard input.
pub(crate) async fn input() -> Result<String, Failure> {
    let (bytes, end) = stdin::read_via_stream();
    let bytes = bytes.collect().await;
    end.await
        .map_err(|code| Failure(format!("standard input cannot be read: {code:?}")))?;
    String::from_utf8(bytes).map_err(|_| Failure("standard input is not UTF-8".into()))
}

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
