//! Copying an object inside the service.

use std::sync::Arc;

use aws_sdk_s3::types::MetadataDirective;
use cloud_contract::blobstore::{CopyRequest, Expected};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::Container;
use super::object::{self, Found};
use crate::error::{is_without_place, kind, stale, throttled, translate};
use crate::link::{Service, pause, write};
use crate::names::Keys;
use crate::namespace;
use crate::{metadata, version};

/// The largest object that the service copies within the time of a call. It takes 5 GiB
/// in one request, and minutes for that.
const MOST_BYTES: u64 = 1 << 30;
/// How often source or destination may change meanwhile.
const ATTEMPTS: u32 = 5;

impl Container {
    /// None for an object that is too large to be waited for.
    pub(super) async fn copy_object(&self, request: CopyRequest<'_>) -> Result<Option<Version>> {
        // What nobody sees now would be seen in the next container of that name.
        if request.to != self.name {
            namespace::expect(&self.service, &self.scope, request.to).await?;
        }
        let to = Keys::new(self.service.server.style, &self.scope, request.to);
        let to = to.ok_or(ErrorKind::NotFound)?;
        let copy = Copy {
            service: Arc::clone(&self.service),
            from: self.keys.key(request.name),
            to: to.key(request.new_name),
            source: request.source.cloned(),
            expected: request.expected.clone(),
        };
        self.registration.run(copy.carry_out()).await
    }
}

struct Copy {
    service: Arc<Service>,
    from: String,
    to: String,
    source: Option<Version>,
    expected: Expected,
}

impl Copy {
    /// The service does not say which of the two conditions failed. So both are looked at
    /// again, and where they hold it goes on from there.
    async fn carry_out(self) -> Result<Option<Version>> {
        for number in 1..=ATTEMPTS {
            let source = object::find(&self.service, &self.from).await?;
            let source = source.ok_or(ErrorKind::NotFound)?;
            if self
                .source
                .as_ref()
                .is_some_and(|version| source.info.version != *version)
            {
                return Err(stale());
            }
            if source.info.size > MOST_BYTES {
                return Ok(None);
            }
            if number > 1 {
                object::check(&self.service, &self.to, &self.expected).await?;
            }
            if let Some(version) = self.attempt(&source).await? {
                return Ok(Some(version));
            }
            pause(number).await;
        }
        Err(throttled())
    }

    /// Copies this state of the source; none if source or destination are in another one.
    async fn attempt(&self, source: &Found) -> Result<Option<Version>> {
        let service = &self.service;
        let condition = object::condition(service, &self.to, &self.expected).await?;
        let version = version::fresh();
        // Another version is other metadata, so all of it is written anew.
        let fields = metadata::written(&source.info.metadata, &version, &source.info.content_type);
        let from = format!("{}/{}", service.bucket, quoted(&self.from));
        let request = || {
            let copy = service.client.copy_object().bucket(&service.bucket);
            copy.key(&self.to)
                .copy_source(&from)
                .copy_source_if_match(&source.etag)
                .metadata_directive(MetadataDirective::Replace)
                .content_type(&source.info.content_type)
                .set_metadata(Some(fields.clone()))
                .set_if_match(condition.if_match.clone())
                .set_if_none_match(condition.if_none_match.clone())
                .send()
        };
        match write(request).await {
            Ok(_) => Ok(Some(version)),
            Err(error) if is_without_place(&error) => Err(translate(error)),
            Err(error) => match kind(&error) {
                ErrorKind::PreconditionFailed
                | ErrorKind::NotFound
                | ErrorKind::Throttled { .. } => Ok(None),
                _ => Err(translate(error)),
            },
        }
    }
}

/// A key as part of a URL, which the header field of a source is.
fn quoted(key: &str) -> String {
    let mut text = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_quoted() {
        assert_eq!(quoted("s/in/c/a b+\u{e9}%"), "s/in/c/a%20b%2B%C3%A9%25");
    }
}
