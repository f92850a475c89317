//! Uploads of puts whose host died in the middle. Who opens a container ends those whose
//! marks nobody has renewed for long: see `under_way.rs`. An upload without a mark is a
//! guest's, and stays.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_s3::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::primitives::DateTime;
use cloud_contract::Result;

use crate::error::translate;
use crate::link::{Service, date_of, read};
use crate::names::Keys;
use crate::namespace::unmark;
use crate::under_way::Found;
use crate::{sweep, under_way};

/// How often a host looks at one container at most: some are opened for every request.
const LOOKED: Duration = Duration::from_secs(60 * 60);

/// Looks after a container that is being opened. Nobody waits for it: what fails is tried
/// again by who opens the container later.
pub(crate) fn look_after(service: &Arc<Service>, keys: &Keys) {
    let every = LOOKED.min(service.abandoned_after);
    if !service.looks.is_due(keys.puts(), every) {
        return;
    }
    let (service, keys) = (Arc::clone(service), keys.clone());
    tokio::spawn(async move {
        if let Err(error) = end(&service, &keys).await {
            tracing::warn!(%error, "what was abandoned in a container stays for now");
        }
    });
}

/// Ends the uploads of a container that were abandoned.
async fn end(service: &Service, keys: &Keys) -> Result<()> {
    let mut after = None;
    loop {
        let now = Date::default();
        let request = || {
            let list = service.client.list_objects_v2().bucket(&service.bucket);
            let list = list.prefix(keys.puts()).set_start_after(after.clone());
            list.customize().interceptor(now.clone()).send()
        };
        let found = read(request).await.map_err(translate)?;
        let Some(now) = now.get() else {
            // A service without a clock: nothing is known to be old.
            return Ok(());
        };
        for mark in found.contents() {
            let (Some(key), Some(renewed)) = (mark.key(), mark.last_modified()) else {
                continue;
            };
            let age = u64::try_from(now.saturating_sub(renewed.secs())).unwrap_or(0);
            if key.starts_with(keys.puts()) && age >= service.abandoned_after.as_secs() {
                // One that stays does not hold up the others.
                if let Err(error) = end_one(service, keys, key, renewed).await {
                    tracing::warn!(%error, "an upload that was abandoned stays for now");
                }
            }
        }
        let last = found.contents().last().and_then(|mark| mark.key());
        if !found.is_truncated().unwrap_or(false) || last.is_none() {
            return Ok(());
        }
        after = last.map(str::to_owned);
    }
}

/// The mark goes last, so that an end that failed half way can be repeated.
async fn end_one(service: &Service, keys: &Keys, mark: &str, renewed: &DateTime) -> Result<()> {
    match under_way::find(service, mark, renewed).await? {
        Found::Nothing => return Ok(()),
        Found::Upload(key, id) if keys.has(&key) => sweep::abort(service, &key, &id).await?,
        // No host of ours wrote it: it is in the way, and ends nothing.
        Found::Upload(..) | Found::Other => {}
    }
    unmark(service, mark).await
}

/// The date of an answer: ages are those of the service's clock, by which it dates what it
/// has.
#[derive(Debug, Clone, Default)]
struct Date(Arc<Mutex<Option<i64>>>);

impl Date {
    fn get(&self) -> Option<i64> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intercept for Date {
    fn name(&self) -> &'static str {
        "Date"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        let date = date_of(context.response());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date;
        Ok(())
    }
}
