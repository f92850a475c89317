//! Copying an object inside the service.

use std::sync::Arc;

use cloud_contract::blobstore::{CopyRequest, Expected};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use reqwest::Method;

use super::{Container, object};
use crate::error::{CONTAINER_GONE, stale};
use crate::link::{Ask, Service, pause};
use crate::names::Keys;
use crate::namespace;

/// The largest object that the service copies in the time of one request.
const MOST_BYTES: u64 = 256 << 20;
/// How often source or destination may change meanwhile.
const ATTEMPTS: u32 = 5;

impl Container {
    /// None for an object that is too large, or that does not stay as it is for long
    /// enough: its bytes then pass through the host.
    pub(super) async fn copy_object(&self, request: CopyRequest<'_>) -> Result<Option<Version>> {
        // What nobody sees now would be seen in the next container of that name.
        if request.to != self.name {
            namespace::expect(&self.service, &self.scope, request.to).await?;
        }
        let to = Keys::new(&self.scope, request.to).ok_or(ErrorKind::NotFound)?;
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
    /// The service does not always say which of the two conditions failed. So both are
    /// looked at again, and where they hold it goes on from there.
    async fn carry_out(self) -> Result<Option<Version>> {
        let mut refused = 0;
        for number in 1..=ATTEMPTS {
            let source = object::find(&self.service, &self.from).await?;
            let source = source.ok_or(ErrorKind::NotFound)?;
            if self
                .source
                .as_ref()
                .is_some_and(|version| source.version != *version)
            {
                return Err(stale());
            }
            // An emulator takes a name that has blocks of somebody's for an object, and
            // would refuse for ever. A put is judged rightly.
            if source.size > MOST_BYTES || refused > 1 {
                return Ok(None);
            }
            if number > 1 {
                object::check(&self.service, &self.to, &self.expected).await?;
            }
            match self.attempt().await? {
                Ended::Copied(version) => return Ok(Some(version)),
                Ended::Refused if self.expected == Expected::Absent => refused += 1,
                Ended::Refused | Ended::Changed => {}
            }
            pause(number).await;
        }
        Ok(None)
    }

    /// Copies the source, in the state that is asked for.
    async fn attempt(&self) -> Result<Ended> {
        let mut ask = Ask::blob(Method::PUT, &self.to)
            .field("x-ms-requires-sync", "true")
            .fields(self.service.source(&self.from).await?);
        if let Some(version) = &self.source {
            ask = ask.field("x-ms-source-if-match", object::etag(version)?);
        }
        let ask = object::on_condition(ask, &self.expected)?;
        match self.service.write(&ask).await {
            Ok(reply) => Ok(Ended::Copied(object::version(&reply)?)),
            Err(failure) if failure.code == CONTAINER_GONE => Err(failure.into()),
            Err(failure) => match failure.kind() {
                ErrorKind::PreconditionFailed => Ok(Ended::Refused),
                ErrorKind::NotFound | ErrorKind::Throttled { .. } => Ok(Ended::Changed),
                _ => Err(failure.into()),
            },
        }
    }
}

/// How an attempt ended.
enum Ended {
    Copied(Version),
    /// Source or destination are in another state.
    Refused,
    /// The source is there no more, or the service wants it again.
    Changed,
}
