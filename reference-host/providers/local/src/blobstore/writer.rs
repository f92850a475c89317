//! Bytes of a guest on their way to a file.

use std::fs::File;
use std::io::{self, Write as _};
#[cfg(target_os = "linux")]
use std::num::NonZero;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use cloud_contract::Result;
use cloud_contract::blobstore::Body;
use futures::StreamExt as _;

use super::PIECE;
use super::files::{Begun, Files, NewFile, begin, blocking};
use super::record::Piece;

/// So many bytes are flushed at a time, that the last flush of a large object does not
/// take longer than a call may.
const FLUSH_BYTES: u64 = 32 << 20;

/// Bytes that are on the disk and that no object has yet. Dropped, they are removed.
#[derive(Debug)]
pub(crate) struct Received {
    /// None for no bytes at all.
    pub(super) file: Option<NewFile>,
    pub(super) size: u64,
}

impl Received {
    /// What an object has of it.
    pub(super) fn piece(&self) -> Option<Piece> {
        self.file.as_ref().map(|file| Piece {
            file: file.number(),
            size: self.size,
        })
    }
}

/// A file that is being written. The file is closed before its name can go.
pub(super) struct Sink {
    open: File,
    new: NewFile,
    files: Arc<Files>,
    size: u64,
    not_flushed: u64,
}

impl Sink {
    pub(super) fn create(files: &Arc<Files>) -> io::Result<Self> {
        let (new, open) = files.create()?;
        Ok(Self {
            open,
            new,
            files: Arc::clone(files),
            size: 0,
            not_flushed: 0,
        })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.open.write_all(bytes)?;
        self.size += bytes.len() as u64;
        self.not_flushed += bytes.len() as u64;
        if self.not_flushed >= FLUSH_BYTES {
            self.open.sync_data()?;
            self.not_flushed = 0;
        }
        Ok(())
    }

    /// Lets the system begin to flush what was written, while the next bytes come: it is
    /// told that nobody will read them from its cache, and keeps what is on its way.
    #[cfg(target_os = "linux")]
    fn begin_flush(&self, from: u64) {
        // A hint. What fails here fails again when it is flushed.
        let _ = rustix::fs::fadvise(
            &self.open,
            from,
            NonZero::new(self.size - from),
            rustix::fs::Advice::DontNeed,
        );
    }

    #[cfg(not(target_os = "linux"))]
    fn begin_flush(&self, _from: u64) {}

    /// Flushes file and folder: from here on the bytes outlive the process.
    pub(super) fn finish(self) -> io::Result<Received> {
        self.open.sync_all()?;
        self.files.sync()?;
        Ok(Received {
            file: Some(self.new),
            size: self.size,
        })
    }
}

/// All of `body`, in a file that is flushed. While bytes are being written the next ones
/// are collected.
pub(super) async fn receive(files: &Arc<Files>, mut body: Body) -> Result<Received> {
    let mut writing = None;
    let mut rest = BytesMut::new();
    while let Some(piece) = body.next().await {
        let piece = piece?;
        let pieces = if piece.len() >= PIECE {
            [std::mem::take(&mut rest).freeze(), piece]
        } else {
            rest.extend_from_slice(&piece);
            if rest.len() < PIECE {
                continue;
            }
            [rest.split().freeze(), Bytes::new()]
        };
        let sink = ended(writing.take()).await?;
        writing = Some(write(files, sink, pieces));
    }
    let sink = ended(writing).await?;
    if sink.is_none() && rest.is_empty() {
        return Ok(Received {
            file: None,
            size: 0,
        });
    }
    let files = Arc::clone(files);
    blocking(move || {
        let mut sink = match sink {
            Some(sink) => sink,
            None => Sink::create(&files)?,
        };
        sink.write(&rest)?;
        sink.finish()
    })
    .await
}

async fn ended(writing: Option<Begun<Sink>>) -> Result<Option<Sink>> {
    match writing {
        Some(writing) => writing.await.map(Some),
        None => Ok(None),
    }
}

fn write(files: &Arc<Files>, sink: Option<Sink>, pieces: [Bytes; 2]) -> Begun<Sink> {
    let files = Arc::clone(files);
    begin(move || {
        let mut sink = match sink {
            Some(sink) => sink,
            None => Sink::create(&files)?,
        };
        let from = sink.size;
        for piece in &pieces {
            sink.write(piece)?;
        }
        sink.begin_flush(from);
        Ok(sink)
    })
}
