//! Copies and moves, by the service where it can, else with bytes that pass through the
//! host.

use super::Portable;
use crate::blobstore::body::Bounds;
use crate::blobstore::container::Reading;
use crate::blobstore::driver::{CopyRequest, Expected, PutOptions, Range};
use crate::blobstore::site::Site;
use crate::keyvalue::Version;
use crate::{Error, ErrorKind, Result, feature};

/// How often a copy begins whose source is written to while it is read.
const COPIES: u32 = 8;

impl Portable {
    /// Writes the copy with bytes that pass through the host, and returns the version that
    /// was read and the one that was made.
    async fn copy_bytes(
        &self,
        name: &str,
        source: Option<&Version>,
        to: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<(Version, Version)> {
        for _ in 0..COPIES {
            match self.pass_on(name, source, to, new_name, expected).await {
                // The source was written to meanwhile; nothing was written of it.
                Err(error) if *error.kind() == ErrorKind::Expired => {}
                copied => return copied,
            }
        }
        Err(ErrorKind::Throttled { retry_after: None }.into())
    }

    async fn pass_on(
        &self,
        name: &str,
        source: Option<&Version>,
        to: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<(Version, Version)> {
        let read = self.call("get", self.driver().get(name, Range::default(), source));
        let found = read.await?.ok_or(ErrorKind::NotFound)?;
        let Reading { info, data, .. } = self.counted(found, Range::default())?;
        to.rules.metadata(&info.metadata)?;
        to.rules.object(Some(info.size))?;
        let options = PutOptions {
            content_type: info.content_type,
            metadata: info.metadata,
            size: Some(info.size),
            expected: expected.clone(),
        };
        let bounds = Bounds {
            size: Some(info.size),
            most: to.rules.object_bytes,
        };
        let write = |body| to.driver.put(new_name, body, options);
        let made = self.carry("put", data, bounds, write).await?;
        Ok((info.version, made))
    }

    pub(super) async fn copy_to(
        &self,
        name: &str,
        source: Option<&Version>,
        to: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let is_itself = self.site.is(to) && name == new_name;
        if is_itself {
            // Nothing is written: bytes that were read a moment ago would take the place of
            // what was acknowledged since.
            let found = self.call("head", self.driver().head(name)).await?;
            let present = found.ok_or(ErrorKind::NotFound)?.version;
            if !expected.is_met_by(Some(&present))
                || source.is_some_and(|source| *source != present)
            {
                return Err(ErrorKind::PreconditionFailed.into());
            }
            return Ok(present);
        }
        if self.site.is_beside(to) {
            let request = CopyRequest {
                name,
                source,
                to: &to.target,
                new_name,
                expected,
            };
            if let Some(version) = self.call("copy", self.driver().copy(request)).await? {
                return Ok(version);
            }
        }
        let (_, made) = self
            .copy_bytes(name, source, to, new_name, expected)
            .await?;
        Ok(made)
    }

    /// Moves to a container that seems to be another one. Two names of the host can lead to
    /// one container without its knowing: then the object is its own copy, and stays.
    pub(super) async fn move_far(&self, name: &str, to: &Site) -> Result<Version> {
        let (read, made) = self
            .copy_bytes(name, None, to, name, &Expected::Any)
            .await?;
        let deletion = if self
            .site
            .rules
            .declared(feature::BLOB_CONDITIONAL_DELETE)
            .is_ok()
        {
            // Whatever took the place of what was read, the copy itself or a later write.
            Some(&read)
        } else {
            // The same, but for what is written after this look.
            let found = self.call("head", self.driver().head(name)).await;
            let found = found.map_err(half_done)?;
            if found.is_none_or(|info| info.version != read) {
                return Ok(made);
            }
            None
        };
        match self
            .call("delete", self.driver().delete(name, deletion))
            .await
        {
            Err(error) if *error.kind() == ErrorKind::PreconditionFailed => Ok(made),
            removed => removed.map(|()| made).map_err(half_done),
        }
    }
}

/// An error behind a copy that has taken effect: whatever says that nothing changed would
/// not be true.
pub(super) fn half_done(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Timeout
        | ErrorKind::Unavailable
        | ErrorKind::Cancelled
        | ErrorKind::Other(_) => error,
        _ => Error::with_source(ErrorKind::Unavailable, error),
    }
}
