//! Removes what lies under a prefix, and nothing else.

use aws_sdk_s3::types::{Delete, Error as NotDeleted, ObjectIdentifier};
use cloud_contract::{Error, ErrorKind, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::descriptor::PAGE_ITEMS;
use crate::error::{kind, translate, unexpected_reply};
use crate::link::{Service, pause, read, write};

/// How often an upload is ended whose parts come again.
const ENDS: u32 = 3;
/// How many uploads are ended, or objects deleted singly, at a time.
const AT_ONCE: usize = 8;

/// Ends all uploads, and deletes all objects but `kept`, whose keys start with `prefix`.
pub(crate) async fn clear(service: &Service, prefix: &str, kept: Option<&str>) -> Result<()> {
    uploads(service, prefix).await?;
    loop {
        let (mut keys, more) = page(service, prefix).await?;
        keys.retain(|key| kept != Some(key));
        if !keys.is_empty() {
            // What is gone is listed no more: each turn begins anew.
            delete(service, &keys).await?.map_or(Ok(()), Err)?;
        }
        if !more {
            return Ok(());
        }
        if keys.is_empty() {
            return Err(unexpected_reply());
        }
    }
}

/// Whether no key starts with `prefix`.
pub(crate) async fn is_empty(service: &Service, prefix: &str) -> Result<bool> {
    let request = || {
        let list = service.client.list_objects_v2().bucket(&service.bucket);
        list.prefix(prefix).max_keys(1).send()
    };
    let found = read(request).await.map_err(translate)?;
    Ok(found.contents().is_empty())
}

/// The first keys, and whether there are others.
async fn page(service: &Service, prefix: &str) -> Result<(Vec<String>, bool)> {
    let request = || {
        let list = service.client.list_objects_v2().bucket(&service.bucket);
        list.prefix(prefix).send()
    };
    let found = read(request).await.map_err(translate)?;
    let keys = found.contents().iter().filter_map(|object| object.key());
    let keys: Vec<String> = keys.map(str::to_owned).collect();
    Ok((keys, found.is_truncated().unwrap_or(false)))
}

/// Deletes these keys, which are different. Returns the first failure of one.
pub(crate) async fn delete(service: &Service, keys: &[String]) -> Result<Option<Error>> {
    for keys in keys.chunks(PAGE_ITEMS) {
        if let Some(failed) = delete_some(service, keys).await?.first() {
            return Ok(Some(not_deleted(failed)));
        }
    }
    Ok(None)
}

/// Deletes as many keys as one request can name. Returns those that are left, each with
/// its reason.
pub(crate) async fn delete_some(service: &Service, keys: &[String]) -> Result<Vec<NotDeleted>> {
    if !service.server.deletes_many {
        delete_singly(service, keys).await?;
        return Ok(Vec::new());
    }
    let named = keys
        .iter()
        .map(|key| ObjectIdentifier::builder().key(key).build());
    let named = named.collect::<Result<Vec<_>, _>>();
    let named = named.and_then(|keys| {
        Delete::builder()
            .set_objects(Some(keys))
            .quiet(true)
            .build()
    });
    let named = named.map_err(|error| {
        let kind = ErrorKind::Other("a request could not be made".into());
        Error::with_source(kind, error)
    })?;
    let request = || {
        let request = service.client.delete_objects().bucket(&service.bucket);
        request.delete(named.clone()).send()
    };
    let answer = write(request).await.map_err(translate)?;
    Ok(answer.errors.unwrap_or_default())
}

async fn delete_singly(service: &Service, keys: &[String]) -> Result<()> {
    let deletion = async |key: &String| {
        let request = || {
            let delete = service.client.delete_object().bucket(&service.bucket);
            delete.key(key).send()
        };
        write(request).await.map_err(translate)
    };
    let deletions = stream::iter(keys).map(Ok);
    let one = async |key| deletion(key).await.map(drop);
    deletions.try_for_each_concurrent(AT_ONCE, one).await
}

/// Why a key was not deleted.
pub(crate) fn not_deleted(failed: &NotDeleted) -> Error {
    match failed.code().unwrap_or_default() {
        "AccessDenied" => ErrorKind::AccessDenied.into(),
        "SlowDown" | "OperationAborted" => crate::error::throttled(),
        _ => ErrorKind::Unavailable.into(),
    }
}

/// Ends all uploads of keys that start with `prefix`, as far as the server tells of them.
pub(crate) async fn uploads(service: &Service, prefix: &str) -> Result<()> {
    if !service.server.lists_uploads {
        return Ok(());
    }
    loop {
        let request = || {
            let list = service.client.list_multipart_uploads();
            list.bucket(&service.bucket).prefix(prefix).send()
        };
        let found = read(request).await.map_err(translate)?;
        let begun = found.uploads().iter().filter_map(|upload| {
            let key = upload.key().filter(|key| key.starts_with(prefix))?;
            Some((key.to_owned(), upload.upload_id()?.to_owned()))
        });
        let begun: Vec<(String, String)> = begun.collect();
        stream::iter(begun.iter())
            .map(Ok)
            .try_for_each_concurrent(AT_ONCE, async |(key, id)| abort(service, key, id).await)
            .await?;
        if !found.is_truncated().unwrap_or(false) || begun.is_empty() {
            return Ok(());
        }
    }
}

/// Ends an upload, if it is there, and lets go of its parts: one that was on its way can
/// come in behind the end, and stays until the upload is ended again.
///
/// # Errors
/// `unavailable` if parts come again and again. May be repeated.
pub(crate) async fn abort(service: &Service, key: &str, id: &str) -> Result<()> {
    for number in 1..=ENDS {
        let request = || {
            let abort = service.client.abort_multipart_upload();
            abort.bucket(&service.bucket).key(key).upload_id(id).send()
        };
        match read(request).await {
            Ok(_) => {}
            Err(error) if kind(&error) == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(translate(error)),
        }
        if !has_parts(service, key, id).await? {
            return Ok(());
        }
        pause(number).await;
    }
    Err(ErrorKind::Unavailable.into())
}

async fn has_parts(service: &Service, key: &str, id: &str) -> Result<bool> {
    let request = || {
        let list = service.client.list_parts().bucket(&service.bucket);
        list.key(key).upload_id(id).max_parts(1).send()
    };
    match read(request).await {
        Ok(answer) => Ok(!answer.parts().is_empty()),
        Err(error) if kind(&error) == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(translate(error)),
    }
}
