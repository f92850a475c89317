//! Marks of puts that are under way. A service tells of an upload its key, its id and when
//! it was begun, and not whose it is: a guest's has to stay for days, and one that belongs
//! to a put has nobody any more when its host is gone. So a put writes down its upload
//! before the first of its parts, and takes that away when it is over.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use cloud_contract::{ErrorKind, Result};
use tokio::task::JoinHandle;

use crate::error::{kind, translate};
use crate::link::{Service, read};
use crate::namespace::unmark;

/// How often a put that goes on says so again, however long its guest pauses: its age alone
/// says that a mark was abandoned.
const RENEWED: Duration = Duration::from_secs(60 * 60);
/// The most that is read of a mark: a key, and the longest id of an upload.
const MARK_BYTES: i64 = 4_096;

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

/// The key and the id of the upload of a mark; none if the mark is gone, or none of ours.
pub(crate) async fn find(service: &Service, mark: &str) -> Result<Option<(String, String)>> {
    let request = || {
        let get = service.client.get_object().bucket(&service.bucket);
        get.key(mark).send()
    };
    let answer = match read(request).await {
        Ok(answer) => answer,
        Err(error) if kind(&error) == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(translate(error)),
    };
    if answer.content_length().is_none_or(|size| size > MARK_BYTES) {
        return Ok(None);
    }
    let Ok(bytes) = answer.body.collect().await else {
        return Err(ErrorKind::Unavailable.into());
    };
    let bytes = bytes.into_bytes();
    Ok(std::str::from_utf8(&bytes).ok().and_then(told))
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
