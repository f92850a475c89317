//! What happens when the service answers as an emulator never does: it throttles,
//! loses answers, lives in another day, or sends pages without entities.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use azure_core::time::parse_rfc7231;
use cloud_contract::keyvalue::{Conditional, Driver, Expected};
use cloud_contract::{ErrorKind, Result};
use provider_tests::{Subject, faults, get, guest_store, list, scope, set, set_ttl, store};
use support::fake::{Fake, Told, now, refused, told};
use support::{TABLES, connect, put};

const PARTITION: &str = "x-ms-continuation-NextPartitionKey";
const ROW: &str = "x-ms-continuation-NextRowKey";
const DAY: i64 = 24 * 60 * 60;

/// A store of a server that answers every request for an entry like this.
async fn entry_answers(answer: Told) -> (Fake, Arc<dyn Driver>) {
    let fake = Fake::start(0, move |asked| {
        asked
            .target
            .contains("PartitionKey='d")
            .then(|| answer.clone())
    })
    .await;
    let provider = connect(&fake.endpoint, &[]).await.unwrap();
    let driver = store(&provider, "s").await;
    (fake, driver)
}

fn kind<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
    let error = result.unwrap_err();
    TABLES.assert_discreet(&error);
    error.kind().clone()
}

#[tokio::test]
async fn refusals_have_kinds_and_are_not_tried_again() {
    let busy = Told::Answer(
        503,
        vec![("Retry-After", "7".into())],
        r#"{"odata.error":{"code":"ServerBusy"}}"#.into(),
    );
    let throttled = ErrorKind::Throttled {
        retry_after: Some(Duration::from_secs(7)),
    };
    for (answer, expected) in [
        (busy, throttled),
        (
            refused(429, "TooManyRequests"),
            ErrorKind::Throttled { retry_after: None },
        ),
        (refused(500, "OperationTimedOut"), ErrorKind::Timeout),
        (refused(500, "InternalError"), ErrorKind::Unavailable),
        (told(502, "<html>sesame</html>"), ErrorKind::Unavailable),
        (
            refused(403, "AuthorizationFailure"),
            ErrorKind::AccessDenied,
        ),
        (refused(404, "TableNotFound"), ErrorKind::NotFound),
        (Told::Nothing, ErrorKind::Unavailable),
    ] {
        let (fake, driver) = entry_answers(answer.clone()).await;
        let text = format!("{answer:?}");
        assert_eq!(kind(driver.get("k").await), expected, "{text}");
        let set = put(&driver, "k", "v", Expected::Any, None).await;
        assert_eq!(kind(set), expected, "{text}");
        assert_eq!(kind(driver.delete("k", Expected::Any).await), expected);
        assert_eq!(kind(driver.increment("k", 1).await), expected, "{text}");
        assert_eq!(fake.count("PUT", "'d"), 1, "{text}");
        assert_eq!(fake.count("DELETE", "'d"), 1, "{text}");
        let keys: Vec<String> = (0..40).map(|number| number.to_string()).collect();
        for result in driver.delete_many(&keys).await {
            assert_eq!(kind(result), expected, "{text}");
        }
        assert_eq!(fake.count("DELETE", "'d"), 41, "{text}");
    }
}

#[tokio::test]
async fn answers_of_no_known_form_are_errors() {
    for answer in [
        told(200, "sesame"),
        told(200, "[]"),
        told(200, r#"{"odata.etag":"e","v0":1}"#),
        told(302, "sesame"),
        refused(404, "Sesame"),
    ] {
        let (_fake, driver) = entry_answers(answer).await;
        assert!(matches!(kind(driver.get("k").await), ErrorKind::Other(_)));
    }
    let fake = Fake::start(0, |asked| {
        asked.is("GET", "filter").then(|| told(200, r#"{"x":1}"#))
    });
    let provider = connect(&fake.await.endpoint, &[]).await.unwrap();
    let driver = store(&provider, "s").await;
    let request = cloud_contract::keyvalue::ListRequest {
        prefix: "",
        after: None,
        limit: 1,
    };
    assert!(matches!(
        kind(driver.list(request).await),
        ErrorKind::Other(_)
    ));
}

#[tokio::test]
async fn a_service_that_is_silent_is_a_timeout() {
    let fake = Fake::start(0, |asked| {
        asked.target.contains("'d").then_some(Told::Silence)
    })
    .await;
    // The first calls have to fit as well.
    let provider = connect(&fake.endpoint, &[("timeout-ms", "3000")]).await;
    let provider = provider.unwrap();
    let store = guest_store(&provider, "s").await;
    assert_eq!(kind(store.get("k").await), ErrorKind::Timeout);
    assert_eq!(kind(store.delete("k").await), ErrorKind::Timeout);
    // Once the write that nobody waits for has ended as well.
    tokio::time::sleep(Duration::from_millis(50)).await;
    provider.close(&scope("s", &[])).await.unwrap();
}

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    let subject = Subject {
        options: &[("table", "sesame")],
        ..TABLES
    };
    faults::nobody_answers(&subject, "http://{address}/a").await;
}

#[tokio::test]
async fn a_host_whose_clock_is_a_day_off_is_served() {
    for ahead in [DAY, -DAY] {
        // It refuses what is dated more than a quarter of an hour off, as the
        // service does.
        let fake = Fake::start(ahead, move |asked| {
            let date = parse_rfc7231(asked.headers.get("x-ms-date")?).ok()?;
            let off = (date - now(ahead)).whole_minutes().abs();
            (off > 15).then(|| refused(403, "AuthenticationFailed"))
        })
        .await;
        let provider = connect(&fake.endpoint, &[]).await.unwrap();
        // One refusal was enough to learn it.
        assert_eq!(fake.count("GET", "()"), 2);
        // To connect writes nothing.
        assert_eq!(fake.count("PUT", ""), 0);
        set(&store(&provider, "s").await, "k", "v").await;
        assert_eq!(fake.count("PUT", "'d"), 1);
    }
    // A key that is wrong is not mended by another date.
    let fake = Fake::start(DAY, |_| Some(refused(403, "AuthenticationFailed"))).await;
    let error = connect(&fake.endpoint, &[]).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::AccessDenied);
    assert_eq!(fake.count("GET", ""), 2);
}

#[tokio::test]
async fn ends_are_in_the_time_of_the_service() {
    let end = |seconds: i64| {
        let end = now(DAY).unix_timestamp_nanos() / 1_000 + i128::from(seconds) * 1_000_000;
        told(
            200,
            &format!(r#"{{"odata.etag":"e","r":"1.0","d":"{end}","v0":"dg=="}}"#),
        )
    };
    let fake = Fake::start(DAY, move |asked| {
        let late = asked.target.contains("c4'").then_some(-2);
        let soon = asked.target.contains("c8'").then_some(60);
        let seconds = late.or(soon).filter(|_| asked.is("GET", "'d"));
        seconds.map(end)
    })
    .await;
    let provider = connect(&fake.endpoint, &[]).await.unwrap();
    let driver = store(&provider, "s").await;
    assert_eq!(get(&driver, "a").await, None);
    assert!(!driver.exists("a").await.unwrap());
    assert_eq!(get(&driver, "b").await.as_deref(), Some("v"));
    let left = driver.entry("b").await.unwrap().unwrap().remaining.unwrap();
    assert!(left > Duration::from_secs(1) && left < Duration::from_secs(120));
}

/// What writes on what it found must know as well whether that has ended.
#[tokio::test]
async fn an_ended_entry_is_neither_added_to_nor_in_the_way() {
    for step in ["add", "create"] {
        // 300 ms ago: a date in whole seconds does not show it.
        let end = now(0).unix_timestamp_nanos() / 1_000 - 300_000;
        let inserts = AtomicUsize::new(0);
        let fake = Fake::start(0, move |asked| {
            let body = format!(r#"{{"odata.etag":"e","r":"1.0","d":"{end}","v0":"NDE="}}"#);
            // The first one is the scope's.
            let is_there = asked.is("POST", "") && inserts.fetch_add(1, Ordering::Relaxed) > 0;
            let there = is_there.then(|| refused(409, "EntityAlreadyExists"));
            there.or_else(|| asked.is("GET", "'d").then(|| told(200, &body)))
        })
        .await;
        let provider = connect(&fake.endpoint, &[]).await.unwrap();
        let driver = store(&provider, "s").await;
        if step == "add" {
            assert_eq!(driver.increment("n", 1).await, Ok(1));
        } else {
            let made = put(&driver, "n", "7", Expected::Absent, None).await;
            assert!(matches!(made.unwrap(), Conditional::Done(Some(_))));
        }
    }
}

#[tokio::test]
async fn pages_without_entities_are_read_on() {
    let pages = AtomicUsize::new(0);
    let fake = Fake::start(0, move |asked| {
        if !asked.is("GET", "filter") {
            return None;
        }
        let target = asked.target.replace("%27", "'");
        let page = pages.fetch_add(1, Ordering::Relaxed) % 4;
        let from = target
            .split_once("&NextPartitionKey=")
            .map(|(_, from)| from);
        let expected = [
            None,
            Some("1%21A%3D&NextRowKey=r%2B"),
            Some("1%21B"),
            Some("1%21C"),
        ];
        assert_eq!(from, expected[page]);
        let (headers, entity) = match page {
            0 => (
                vec![(PARTITION, "1!A=".to_owned()), (ROW, "r+".to_owned())],
                String::new(),
            ),
            1 => (vec![(PARTITION, "1!B".to_owned())], String::new()),
            2 => {
                // What the store's keys begin with stands in the filter.
                let begin = target.find("'d").unwrap() + 1;
                let prefix = &target[begin..begin + 21];
                let entity =
                    format!(r#"{{"PartitionKey":"{prefix}c4","RowKey":"{prefix}","d":null}}"#);
                (vec![(PARTITION, "1!C".to_owned())], entity)
            }
            _ => (Vec::new(), String::new()),
        };
        Some(Told::Answer(
            200,
            headers,
            format!(r#"{{"value":[{entity}]}}"#),
        ))
    })
    .await;
    let provider = connect(&fake.endpoint, &[]).await.unwrap();
    let driver = store(&provider, "s").await;
    assert_eq!(list(&driver, "", 10).await, ["a"]);
    assert_eq!(list(&driver, "", 1).await, ["a"]);
    assert_eq!(fake.count("GET", "filter"), 8);
}

#[tokio::test]
async fn a_write_that_was_overtaken_is_stale_and_a_counter_goes_on() {
    // The first conditional write is always too late.
    let writes = AtomicUsize::new(0);
    let fake = Fake::start(0, move |asked| {
        if asked.is("GET", "'d") {
            let body = r#"{"odata.etag":"W/\"1\"","r":"1.0","v0":"NDE="}"#;
            return Some(told(200, body));
        }
        if !asked.is("PUT", "'d") {
            return None;
        }
        assert_eq!(
            asked.headers.get("if-match").map(String::as_str),
            Some("W/\"1\"")
        );
        let first = writes.fetch_add(1, Ordering::Relaxed).is_multiple_of(2);
        first.then(|| refused(412, "UpdateConditionNotSatisfied"))
    })
    .await;
    let provider = connect(&fake.endpoint, &[]).await.unwrap();
    let driver = store(&provider, "s").await;
    assert_eq!(driver.increment("n", 1).await, Ok(42));
    assert_eq!(fake.count("PUT", "'d"), 2);
    let version = Expected::Version("1.0".into());
    let stale = put(&driver, "n", "7", version.clone(), None).await.unwrap();
    assert!(matches!(stale, Conditional::Stale(Some(entry)) if entry.value == "41"));
    let done = put(&driver, "n", "7", version, None).await.unwrap();
    assert!(matches!(done, Conditional::Done(Some(_))));
    let other = Expected::Version("1.00".into());
    let stale = driver.delete("n", other).await.unwrap();
    assert!(matches!(stale, Conditional::Stale(Some(_))));
    assert_eq!(fake.count("DELETE", "'d"), 0);
}

#[tokio::test]
async fn unconditional_writes_that_met_are_made_again() {
    let writes = AtomicUsize::new(0);
    let fake = Fake::start(0, move |asked| {
        if !asked.is("PUT", "'d") {
            return None;
        }
        match writes.fetch_add(1, Ordering::Relaxed) {
            0 => Some(refused(404, "ResourceNotFound")),
            1 => Some(refused(409, "EntityAlreadyExists")),
            _ => None,
        }
    })
    .await;
    let provider = connect(&fake.endpoint, &[]).await.unwrap();
    let driver = store(&provider, "s").await;
    set_ttl(&driver, "k", "v", Duration::from_secs(9)).await;
    assert_eq!(fake.count("PUT", "'d"), 3);
}
