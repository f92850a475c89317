//! Marks of puts that are under way. A service tells of an upload its key, its id and when
//! it was begun, and not whose it is: a guest's has to stay for days, and one that belongs
//! to a put has nobody any more when its host is gone. So a put writes down its upload
//! before the first of its parts, and takes that away when it is over.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::primitives::{ByteStream, DateTime};
use cloud_contract::{ErrorKind, Result};
use tokio::task::JoinHandle;

use crate::error::{kind, translate};
use crate::link::{Service, read};
use crate::namespace::unmark;

/// How often a put that goes on says so again, however long its guest pauses: its age alone
/// says that a mark was abandoned.
const RENEWED: Duration = Duration::from_secs(60 * 60);
/// The most that is read of a mark: a key, and the longest id of an upload.
const MARK_BYTES: usize = 4_096;

/// An upload that belongs to a put. Dropping this lets its mark grow old.
pub(crate) struct UnderWay {
    mark: String,
    text: String,
    renewing: JoinHandle<()>,
}

impl UnderWay {
    /// An upload that is written down next, with [`UnderWay::write`].
    pub(crate) fn new(service: &Arc<Service>, mark: String, key: &str, id: &str) -> Self {
        let text = written(key, id);
        let (to, of, same) = (Arc::clone(service), mark.clone(), text.clone());
        let renewing = tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEWED).await;
                // There are others before it is old.
                let _ = write(&to, &of, &same).await;
            }
        });
        Self {
            mark,
            text,
            renewing,
        }
    }

    /// Writes it down.
    pub(crate) async fn write(&self, service: &Service) -> Result<()> {
        write(service, &self.mark, &self.text).await
    }

    /// Takes the mark away, for the upload is over. May be repeated.
    pub(crate) async fn end(&self, service: &Service) -> Result<()> {
        self.renewing.abort();
        unmark(service, &self.mark).await
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}

/// The same bytes, however often.
async fn write(service: &Service, mark: &str, text: &str) -> Result<()> {
    let request = || {
        let put = service.client.put_object().bucket(&service.bucket);
        let text = ByteStream::from(text.as_bytes().to_vec());
        put.key(mark).body(text).send()
    };
    read(request).await.map(drop).map_err(translate)
}

/// What is found where a mark was listed.
pub(crate) enum Found {
    /// The key and the id of its upload.
    Upload(String, String),
    /// Something that is none of ours.
    Other,
    /// It is gone, or somebody has renewed it since.
    Nothing,
}

/// Reads a mark that was `renewed` last at that time.
pub(crate) async fn find(service: &Service, mark: &str, renewed: &DateTime) -> Result<Found> {
    let request = || {
        let get = service.client.get_object().bucket(&service.bucket);
        get.key(mark).send()
    };
    let answer = match read(request).await {
        Ok(answer) => answer,
        Err(error) if kind(&error) == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(translate(error)),
    };
    // A list may tell parts of a second, and an object does not.
    if (answer.last_modified()).is_some_and(|now| now.secs() > renewed.secs()) {
        return Ok(Found::Nothing);
    }
    let (mut body, mut text) = (answer.body, Vec::new());
    while let Some(bytes) = body.next().await {
        let bytes = bytes.map_err(|_| ErrorKind::Unavailable)?;
        if text.len() + bytes.len() > MARK_BYTES {
            return Ok(Found::Other);
        }
        text.extend_from_slice(&bytes);
    }
    let told = std::str::from_utf8(&text).ok().and_then(told);
    Ok(told.map_or(Found::Other, |(key, id)| Found::Upload(key, id)))
}

/// No key of ours has a line end.
fn written(key: &str, id: &str) -> String {
    format!("{key}\n{id}")
}

fn told(text: &str) -> Option<(String, String)> {
    let (key, id) = text.split_once('\n')?;
    (!id.is_empty()).then(|| (key.to_owned(), id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_read() {
        let found = told(&written("s/in/c/a b", "id.1"));
        assert_eq!(found, Some(("s/in/c/a b".to_owned(), "id.1".to_owned())));
        for text in ["", "k", "k\n"] {
            assert_eq!(told(text), None, "{text:?}");
        }
    }
}
