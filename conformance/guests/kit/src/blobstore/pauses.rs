//! Guests that pause while they write or read a stream.

use core::time::Duration;

use super::streams::{Answer, Content, Writer};
use crate::bindings::cloud::types::errors::Error;
use crate::calls::both;
use crate::context::Context;

/// A little less than the 30 seconds for which a guest may (BLOB-STREAM-6): the clock is
/// read now and then, so that a pause takes longer than it should.
pub const PAUSE: Duration = Duration::from_millis(29_800);

/// Where a guest pauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// Before the first byte.
    First,
    /// Half-way.
    Midway,
    /// A writer with all bytes written, its stream open; a reader before the last byte.
    Last,
    /// With the stream at its end, before the word on how it ended.
    Word,
}

impl Pause {
    /// All places.
    pub const ALL: [Self; 4] = [Self::First, Self::Midway, Self::Last, Self::Word];

    /// The place in words, behind `paused`.
    pub fn text(self) -> &'static str {
        match self {
            Self::First => "before the first byte",
            Self::Midway => "half-way",
            Self::Last => "before the end of the stream",
            Self::Word => "between the end of the stream and the word on it",
        }
    }

    async fn come_to(self, cx: &Context, place: Self) {
        if self == place {
            cx.sleep(PAUSE).await;
        }
    }
}

/// Writes all bytes with a pause, and returns what the call returned.
pub async fn write<T>(
    cx: &Context,
    pause: Pause,
    bytes: &[u8],
    mut writer: Writer,
    answer: Answer<T>,
) -> Result<T, Error> {
    let write = async {
        let (first, rest) = bytes.split_at(bytes.len() / 2);
        pause.come_to(cx, Pause::First).await;
        writer.write(first).await;
        pause.come_to(cx, Pause::Midway).await;
        writer.write(rest).await;
        pause.come_to(cx, Pause::Last).await;
        writer.close();
        pause.come_to(cx, Pause::Word).await;
        writer.finish().await;
    };
    both(write, answer.wait()).await.1
}

/// Reads a whole object with a pause: its bytes, and how the stream ended.
pub async fn read(
    cx: &Context,
    pause: Pause,
    mut content: Content,
) -> (Vec<u8>, Result<(), Error>) {
    let size = content.info.size as usize;
    let mut bytes = Vec::new();
    for (place, before) in [
        (Pause::First, 0),
        (Pause::Midway, size / 2),
        (Pause::Last, size.saturating_sub(1)),
        (Pause::Word, size),
    ] {
        let count = before.saturating_sub(bytes.len());
        bytes.extend(content.read_exact(count).await);
        pause.come_to(cx, place).await;
    }
    let (rest, end) = content.collect().await;
    bytes.extend(rest);
    (bytes, end)
}
