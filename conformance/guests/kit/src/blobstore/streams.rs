//! Bytes on their way to an object and from one.

use crate::bindings::cloud::blobstore::container as wit;
use crate::bindings::cloud::types::errors::Error;
use crate::calls::both;

/// Bytes that a case is writing, and how they end. To drop it ends the stream and says
/// `cancelled`.
pub struct Writer {
    bytes: Option<wit_bindgen::StreamWriter<u8>>,
    end: Option<wit_bindgen::FutureWriter<Result<(), Error>>>,
}

/// The two halves that a function takes which reads a stream.
pub(super) type Taken = (
    wit_bindgen::StreamReader<u8>,
    wit_bindgen::FutureReader<Result<(), Error>>,
);

pub(super) fn pipe() -> (Writer, Taken) {
    let (bytes, data) = crate::bindings::wit_stream::new();
    let (writer, ended) = last_word();
    let writer = Writer {
        bytes: Some(bytes),
        ..writer
    };
    (writer, (data, ended))
}

/// A writer of nothing but the end of a stream that comes from elsewhere.
pub(super) fn last_word() -> (Writer, wit_bindgen::FutureReader<Result<(), Error>>) {
    let (end, ended) = crate::bindings::wit_future::new(|| Err(Error::Cancelled));
    let writer = Writer {
        bytes: None,
        end: Some(end),
    };
    (writer, ended)
}

impl Writer {
    /// Writes all of `bytes` in one go. False if the reader has left: it took less, and
    /// takes no more.
    pub async fn write(&mut self, bytes: &[u8]) -> bool {
        // An empty write would wait for a reader, and say nothing: see `write_nothing`.
        if bytes.is_empty() {
            return true;
        }
        let Some(writer) = &mut self.bytes else {
            return false;
        };
        let is_taken = writer.write_all(bytes.to_owned()).await.is_empty();
        if !is_taken {
            // To write once more to a reader that has left would be a trap.
            self.close();
        }
        is_taken
    }

    /// Writes no bytes, which takes until the reader is ready for some. False if it has
    /// left.
    pub async fn write_nothing(&mut self) -> bool {
        let Some(writer) = &mut self.bytes else {
            return false;
        };
        let (result, _) = writer.write(Vec::new()).await;
        let has_left = matches!(result, wit_bindgen::StreamResult::Dropped);
        if has_left {
            self.close();
        }
        !has_left
    }

    /// Ends the stream, without a word on how it ended.
    pub fn close(&mut self) {
        self.bytes = None;
    }

    /// The word on how the stream ends, apart from its bytes: what the rest of the
    /// writer does then only ends the stream.
    pub fn take_end(&mut self) -> Self {
        Self {
            bytes: None,
            end: self.end.take(),
        }
    }

    /// Says how the stream ends, whether or not it has ended.
    pub async fn say(&mut self, end: Result<(), Error>) {
        if let Some(writer) = self.end.take() {
            // Whoever has left does not want to know.
            let _ = writer.write(end).await;
        }
    }

    /// Ends the stream and says that it is whole.
    pub async fn finish(mut self) {
        self.end_with(Ok(())).await;
    }

    /// Ends the stream and says that it is not whole.
    pub async fn fail(mut self, error: Error) {
        self.end_with(Err(error)).await;
    }

    async fn end_with(&mut self, end: Result<(), Error>) {
        self.close();
        self.say(end).await;
    }

    /// Writes `bytes`, says that they are whole, and waits for the answer meanwhile.
    pub async fn all<T>(mut self, bytes: &[u8], answer: Answer<T>) -> Result<T, Error> {
        let write = async {
            self.write(bytes).await;
            self.finish().await;
        };
        both(write, answer.wait()).await.1
    }
}

/// The future result of a call that takes a stream. To drop it gives the call up.
pub struct Answer<T: 'static>(pub(super) wit_bindgen::FutureReader<Result<T, Error>>);

impl<T> Answer<T> {
    /// Waits for it.
    pub async fn wait(self) -> Result<T, Error> {
        self.0.await
    }
}

/// An object that is being read.
pub struct Content {
    /// About the whole object.
    pub info: wit::Info,
    bytes: ByteReader,
    end: wit_bindgen::FutureReader<Result<(), Error>>,
}

/// The bytes of a [`Content`] without the future beside them. To drop it gives up what
/// is left of them.
pub struct ByteReader(Option<wit_bindgen::StreamReader<u8>>);

impl ByteReader {
    /// Up to so many bytes in one read; none at all only at the end of the stream and
    /// behind it.
    pub async fn read(&mut self, count: usize) -> Vec<u8> {
        // A stream that has ended traps who reads it again.
        let Some(stream) = &mut self.0 else {
            return Vec::new();
        };
        let (result, bytes) = stream.read(Vec::with_capacity(count)).await;
        if matches!(result, wit_bindgen::StreamResult::Dropped) {
            self.0 = None;
        }
        bytes
    }

    /// Exactly so many bytes, or those that are left.
    pub async fn read_exact(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count);
        while bytes.len() < count {
            let more = self.read(count - bytes.len()).await;
            if more.is_empty() {
                break;
            }
            bytes.extend(more);
        }
        bytes
    }

    /// All bytes that are left.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        loop {
            let more = self.read(64 << 10).await;
            if more.is_empty() {
                return bytes;
            }
            bytes.extend(more);
        }
    }

    /// The stream itself, to be passed on. None if it has ended.
    pub(super) fn into_stream(self) -> Option<wit_bindgen::StreamReader<u8>> {
        self.0
    }
}

impl Content {
    pub(super) fn new(content: wit::Content) -> Self {
        Self {
            info: content.info,
            bytes: ByteReader(Some(content.data)),
            end: content.end,
        }
    }

    /// Up to so many bytes in one read; none at all only at the end of the stream and
    /// behind it.
    pub async fn read(&mut self, count: usize) -> Vec<u8> {
        self.bytes.read(count).await
    }

    /// Exactly so many bytes, or those that are left.
    pub async fn read_exact(&mut self, count: usize) -> Vec<u8> {
        self.bytes.read_exact(count).await
    }

    /// All bytes that are left, and how the stream ended.
    pub async fn collect(mut self) -> (Vec<u8>, Result<(), Error>) {
        let bytes = self.bytes.rest().await;
        (bytes, self.end.await)
    }

    /// How the stream ended. Gives up what is left of it.
    pub async fn end(self) -> Result<(), Error> {
        drop(self.bytes);
        self.end.await
    }

    /// The bytes and the future that tells how their stream ended, apart.
    pub fn split(self) -> (ByteReader, wit_bindgen::FutureReader<Result<(), Error>>) {
        (self.bytes, self.end)
    }

    /// The two halves, to be passed on as they are.
    pub(super) fn pass(self) -> Option<Taken> {
        Some((self.bytes.into_stream()?, self.end))
    }
}
