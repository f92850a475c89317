//! A plain file, as an application writes one that is to outlive a crash: a new file that
//! is flushed and then takes the place of the old one.

use std::sync::Arc;

use async_trait::async_trait;
use tempfile::TempDir;
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Native, OBJECT, PIECE};
use crate::Fallible;

struct Folder(TempDir);

pub(super) fn open() -> Fallible<Arc<dyn Native>> {
    Ok(Arc::new(Folder(TempDir::new()?)))
}

#[async_trait]
impl Native for Folder {
    async fn put(&self, bytes: u64) -> Fallible<()> {
        let (new, object) = (self.0.path().join("new"), self.0.path().join(OBJECT));
        let mut file = File::create(&new).await?;
        file.set_max_buf_size(PIECE);
        let mut buffer = vec![0; PIECE];
        let mut left = bytes;
        while left > 0 {
            let length = left.min(PIECE as u64);
            // At most a piece.
            buffer.truncate(length as usize);
            buffer.fill(b'v');
            file.write_all(&buffer).await?;
            left -= length;
        }
        file.sync_all().await?;
        fs::rename(&new, &object).await?;
        File::open(self.0.path()).await?.sync_all().await?;
        Ok(())
    }

    async fn get(&self) -> Fallible<u64> {
        let mut file = File::open(self.0.path().join(OBJECT)).await?;
        file.set_max_buf_size(PIECE);
        let mut buffer = vec![0; PIECE];
        let mut sum = 0;
        loop {
            let read = file.read(&mut buffer).await?;
            if read == 0 {
                return Ok(sum);
            }
            sum += read as u64;
        }
    }
}
