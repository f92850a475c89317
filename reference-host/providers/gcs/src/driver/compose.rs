//! Making one object out of others, inside the service.

use cloud_contract::{Error, ErrorKind};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;

use super::upload::New;
use crate::error::{Failure, Verdict};
use crate::link::{Reply, Request, Service};
use crate::object::{FIELDS, Kind, Object};

/// The most objects that one request composes.
const MOST: usize = 32;
/// How many requests are on their way at a time.
const AT_ONCE: usize = 16;

/// A state of an object.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) key: String,
    pub(super) generation: u64,
}

/// Composes up to 32 sources.
pub(super) async fn some(service: &Service, new: &New, sources: &[Source]) -> Reply<Object> {
    let sources: Vec<_> = sources
        .iter()
        .map(|source| {
            let generation = source.generation.to_string();
            json!({
                "name": source.key,
                "generation": generation,
                "objectPreconditions": { "ifGenerationMatch": generation },
            })
        })
        .collect();
    let body = json!({ "sourceObjects": sources, "destination": new.kind.json() });
    let request = Request::post(format!("{}/compose", service.path(&new.key)))
        .with("fields", FIELDS)
        .with_some("ifGenerationMatch", new.condition);
    let answer = service.write(&request.json(&body)).await?;
    Ok(answer.json()?)
}

/// Composes any number of sources, by way of others whose keys start with `prefix`.
pub(super) async fn all(
    service: &Service,
    prefix: &str,
    new: &New,
    mut sources: Vec<Source>,
) -> Reply<Object> {
    let mut level = 0;
    while sources.len() > MOST {
        level += 1;
        let mut requests = Vec::with_capacity(sources.len() / MOST + 1);
        for (place, sources) in sources.chunks(MOST).enumerate() {
            let new = New {
                key: format!("{prefix}{level}-{place}"),
                kind: Kind::general(),
                condition: None,
            };
            requests.push(one_of_many(service, new, sources.to_vec()));
        }
        sources = stream::iter(requests)
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
    }
    some(service, new, &sources).await
}

/// Composes sources into one of others.
async fn one_of_many(service: &Service, new: New, sources: Vec<Source>) -> Reply<Source> {
    let made = some(service, &new, &sources).await?;
    Ok(Source {
        key: new.key,
        generation: made.generation,
    })
}

/// What a failure to compose an upload means: a source that is not there any more belongs
/// to an upload that has ended, or to a part that was sent again.
pub(super) async fn settle(service: &Service, new: &New, failure: Failure) -> Error {
    if failure.verdict != Verdict::Stale {
        return failure.into();
    }
    // The condition is on the destination, or on a source.
    match service.check(&new.key, new.condition).await {
        Ok(()) => ErrorKind::NotFound.into(),
        Err(error) => error,
    }
}
