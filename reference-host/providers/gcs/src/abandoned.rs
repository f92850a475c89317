//! Objects of writes whose host died in the middle: what was to be appended, what was
//! composed on the way, parts of uploads that have ended. Who opens a container removes
//! those that are old. Where the object `begun` is, an upload of a guest goes on, and its
//! parts stay.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cloud_contract::Result;
use futures::{StreamExt as _, stream};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::link::{Answer, Request, Service};
use crate::names::{BEGUN, COMPOSED, Keys};
use crate::object::Object;
use crate::sweep::Listed;

/// How often a host looks at one container at most: some are opened for every request.
const LOOKED: Duration = Duration::from_secs(60 * 60);
/// How many objects are removed at a time.
const AT_ONCE: usize = 4;

/// Looks after a container that is being opened. Nobody waits for it: what fails is tried
/// again by who opens the container later.
pub(crate) fn look_after(service: &Arc<Service>, keys: &Keys) {
    let every = LOOKED.min(service.abandoned_after);
    if !service.looks.is_due(&keys.parts, every) {
        return;
    }
    let (service, prefix) = (Arc::clone(service), keys.parts.clone());
    tokio::spawn(async move {
        if let Err(error) = remove(&service, &prefix).await {
            tracing::warn!(%error, "what was abandoned in a container stays for now");
        }
    });
}

/// Removes what was abandoned below a prefix.
async fn remove(service: &Service, prefix: &str) -> Result<()> {
    let request = Request::get(service.objects())
        .with("fields", "items(name,generation,timeCreated),nextPageToken")
        .with("prefix", prefix)
        .with_some("versions", service.has_history.then_some(true));
    let (mut page, mut found, mut now) = (Listed::default(), Vec::new(), None);
    loop {
        let asked = request.clone().with_some("pageToken", page.next.take());
        let answer = service.read(&asked).await?;
        // The first one: nothing that was listed later is older.
        now = now.or_else(|| date_of(&answer));
        page = answer.json()?;
        found.append(&mut page.items);
        if page.next.is_none() {
            break;
        }
    }
    let Some(now) = now else {
        // A service without a clock: nothing is known to be old.
        return Ok(());
    };
    let before = now.saturating_sub(service.abandoned_after.as_secs());
    let old = abandoned(prefix, &found, before);
    // This very state: one that came meanwhile is another one. What is not removed now is
    // found again.
    stream::iter(old)
        .for_each_concurrent(AT_ONCE, async |object| {
            let generation = Some(object.generation);
            if let Err(error) = service.remove(&object.name, generation).await {
                tracing::warn!(%error, "an object that was abandoned stays for now");
            }
        })
        .await;
    Ok(())
}

/// Those of the objects that nobody goes on with, and that were there by this second.
fn abandoned<'a>(prefix: &str, found: &'a [Object], before: u64) -> Vec<&'a Object> {
    let mut writes: BTreeMap<&str, Vec<(&str, &Object)>> = BTreeMap::new();
    for object in found {
        let parts = object.name.strip_prefix(prefix);
        if let Some((id, part)) = parts.and_then(|name| name.split_once('/')) {
            writes.entry(id).or_default().push((part, object));
        }
    }
    let is_old = |object: &Object| {
        let made = object.modified();
        made.is_ok_and(|made| made / 1_000_000_000 <= before)
    };
    let mut old = Vec::new();
    for objects in writes.into_values() {
        let goes_on = objects.iter().any(|(part, _)| *part == BEGUN);
        if !goes_on && !objects.iter().all(|(_, object)| is_old(object)) {
            continue;
        }
        let objects = objects.into_iter();
        let objects = objects
            .filter(|(part, object)| !goes_on || (part.starts_with(COMPOSED) && is_old(object)));
        old.extend(objects.map(|(_, object)| object));
    }
    old
}

/// The date of an answer, in seconds since 1970: ages are those of the service's clock, by
/// which it dates what it has.
fn date_of(answer: &Answer) -> Option<u64> {
    let date = OffsetDateTime::parse(answer.header("date")?, &Rfc2822).ok()?;
    u64::try_from(date.unix_timestamp()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(name: &str, second: u64) -> Object {
        let text = format!(
            r#"{{"name":"_parts/s/c/{name}","generation":"7",
                "timeCreated":"1970-01-01T00:00:{second:02}.5Z"}}"#,
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_nobody_goes_on_with_is_told_from_what_goes_on() {
        let found = [
            object("old/piece", 1),
            object("new/piece", 9),
            object("growing/00001", 1),
            object("growing/00002", 9),
            object("guest/00001", 1),
            object("guest/begun", 1),
            object("guest/by-m-1-0", 1),
            object("guest/by-n-1-0", 9),
            object("ended/00001", 1),
            object("ended/by-m-1-0", 2),
            object("stray", 1),
        ];
        let old = abandoned("_parts/s/c/", &found, 5);
        let names: Vec<&str> = old.iter().map(|object| &object.name[11..]).collect();
        let expected = [
            "ended/00001",
            "ended/by-m-1-0",
            "guest/by-m-1-0",
            "old/piece",
        ];
        assert_eq!(names, expected);
    }
}
