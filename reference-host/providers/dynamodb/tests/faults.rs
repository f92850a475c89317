//! What happens when the service is absent, refuses, stalls or puts off: against a
//! script that answers in the service's place, since no emulator does these things.

mod support;

use std::time::Duration;

use cloud_contract::keyvalue::{Expected, SetOptions};
use cloud_contract::{Bytes, ErrorKind};
use provider_tests::{Subject, faults, store};
use support::{Answer, DYNAMODB, Script, connect};

const NOW: Duration = Duration::ZERO;
/// How long a call may take that waits for its end: the first ones have to fit as well.
const LIMIT: &[(&str, &str)] = &[("timeout-ms", "3000")];
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn throttled() -> ErrorKind {
    ErrorKind::Throttled { retry_after: None }
}

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    let subject = Subject {
        options: &[("table", "sesame")],
        ..DYNAMODB
    };
    faults::nobody_answers(&subject, "http://{address}").await;
}

#[tokio::test]
async fn wrong_credentials_are_access_denied() {
    for code in [
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "AccessDeniedException",
        "ExpiredTokenException",
    ] {
        let script = Script::start("DescribeTable", &[Answer::error(400, code)], NOW).await;
        let keys = [
            ("access-key-id", "ali"),
            ("secret-access-key", "open-sesame"),
        ];
        let error = connect(&script.endpoint(), &keys).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{code}");
        DYNAMODB.assert_discreet(&error);
        assert!(!error.to_string().contains("ali"));
    }
    let script = Script::start(
        "GetItem",
        &[Answer::error(400, "AccessDeniedException")],
        NOW,
    )
    .await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let error = store(&provider, "test").await.get("k").await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::AccessDenied);
}

#[tokio::test]
async fn what_is_wrong_with_a_table_is_told() {
    let script = Script::start(
        "DescribeTable",
        &[Answer::error(400, "ResourceNotFoundException")],
        NOW,
    )
    .await;
    let error = connect(&script.endpoint(), &[]).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(text) if text.contains("table")));
    let other = r#"{"Table":{"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}]}}"#;
    let script = Script::start("DescribeTable", &[Answer::ok(other)], NOW).await;
    let error = connect(&script.endpoint(), &[]).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(text) if text.contains("table")));
}

/// A clock that is wrong by more than a signature may be: refused once, and signed
/// with the service's time from then on.
#[tokio::test]
async fn the_first_signature_of_a_wrong_clock_is_made_again() {
    let table = r#"{"Table":{"KeySchema":[
        {"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"k","KeyType":"RANGE"}],
        "AttributeDefinitions":[
        {"AttributeName":"p","AttributeType":"S"},{"AttributeName":"k","AttributeType":"B"}]}}"#;
    let answers = [
        Answer::error(400, "InvalidSignatureException"),
        Answer::ok(table),
    ];
    let script = Script::start("DescribeTable", &answers, DAY).await;
    connect(&script.endpoint(), &[]).await.unwrap();
    assert_eq!(script.seen("DescribeTable").len(), 2);

    // So is any other request; a right that is missing is not mended by that.
    for (ahead, times) in [(DAY, 2), (NOW, 1)] {
        let answers = [
            Answer::error(400, "InvalidSignatureException"),
            Answer::ok("{}"),
        ];
        let script = Script::start("DeleteItem", &answers, ahead).await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let deleted = store(&provider, "test")
            .await
            .delete("k", Expected::Any)
            .await;
        assert_eq!(deleted.is_ok(), times == 2);
        assert_eq!(script.seen("DeleteItem").len(), times);
    }
}

#[tokio::test]
async fn a_write_whose_reply_is_lost_is_not_sent_again() {
    for (answer, kind) in [
        (Answer::Lost, ErrorKind::Unavailable),
        (
            Answer::error(500, "InternalServerError"),
            ErrorKind::Unavailable,
        ),
        (Answer::Silence, ErrorKind::Timeout),
    ] {
        let script = Script::start("UpdateItem", std::slice::from_ref(&answer), NOW).await;
        let limit = match answer {
            Answer::Silence => LIMIT,
            _ => &[],
        };
        let provider = connect(&script.endpoint(), limit).await;
        let driver = store(&provider.unwrap(), "test").await;
        let error = driver.increment("k", 1).await.unwrap_err();
        assert_eq!(error.kind(), &kind, "{answer:?}");
        assert_eq!(script.seen("UpdateItem").len(), 1, "{answer:?}");
        DYNAMODB.assert_discreet(&error);
    }
}

#[tokio::test]
async fn a_read_whose_reply_is_lost_is_sent_again() {
    let answers = [Answer::Lost, Answer::error(500, "X"), Answer::ok("{}")];
    let script = Script::start("GetItem", &answers, NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    assert_eq!(store(&provider, "test").await.get("k").await, Ok(None));
    assert_eq!(script.seen("GetItem").len(), 3);
}

#[tokio::test]
async fn what_was_throttled_is_sent_again_and_then_given_up() {
    let busy = Answer::error(400, "ThrottlingException");
    let answers = [busy.clone(), busy.clone(), Answer::ok("{}")];
    let script = Script::start("DeleteItem", &answers, NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let driver = store(&provider, "test").await;
    driver.delete("k", Expected::Any).await.unwrap();
    assert_eq!(script.seen("DeleteItem").len(), 3);

    let busy = Answer::error(400, "ProvisionedThroughputExceededException");
    let script = Script::start("DeleteItem", &[busy], NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let driver = store(&provider, "test").await;
    let error = driver.delete("k", Expected::Any).await.unwrap_err();
    assert_eq!(error.kind(), &throttled());
    assert!(script.seen("DeleteItem").len() < 10);
}

#[tokio::test]
async fn a_batch_is_sent_again_as_far_as_it_was_put_off() {
    // `Yg==` is the key `b`.
    let left = r#"{"UnprocessedItems":{"cw-test":[{"PutRequest":{"Item":{
        "p":{"S":"test/data"},"k":{"B":"Yg=="},"v":{"B":""},"r":{"S":"x"}}}}]}}"#;
    let entries = ["a", "b", "c"].map(|key| (key.to_owned(), Bytes::new()));
    let answers = [Answer::ok(left), Answer::ok(left), Answer::ok("{}")];
    let script = Script::start("BatchWriteItem", &answers, NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let written = store(&provider, "test").await.set_many(&entries).await;
    assert_eq!(written, [Ok(()), Ok(()), Ok(())]);
    let seen = script.seen("BatchWriteItem");
    assert_eq!(seen.len(), 3);
    assert!(seen[0].contains("YQ==") && !seen[2].contains("YQ=="));

    // Put off for ever: that item alone failed, and nothing was done to it.
    let script = Script::start("BatchWriteItem", &[Answer::ok(left)], NOW).await;
    let provider = connect(&script.endpoint(), LIMIT).await;
    let written = store(&provider.unwrap(), "test")
        .await
        .set_many(&entries)
        .await;
    assert_eq!(written[0], Ok(()));
    assert_eq!(written[1].as_ref().unwrap_err().kind(), &throttled());
    assert_eq!(written[2], Ok(()));

    // Lost afterwards: what the first answer did not put off stays done.
    let answers = [Answer::ok(left), Answer::Lost];
    let script = Script::start("BatchWriteItem", &answers, NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let written = store(&provider, "test").await.set_many(&entries).await;
    assert_eq!(written[0], Ok(()));
    let lost = written[1].as_ref().unwrap_err();
    assert_eq!(lost.kind(), &ErrorKind::Unavailable);
    assert_eq!(script.seen("BatchWriteItem").len(), 2);
}

#[tokio::test]
async fn keys_that_were_put_off_are_asked_for_again() {
    let part = r#"{"Responses":{"cw-test":[
        {"p":{"S":"test/data"},"k":{"B":"YQ=="},"v":{"B":"eA=="}}]},
        "UnprocessedKeys":{"cw-test":{"Keys":[{"p":{"S":"test/data"},"k":{"B":"Yg=="}}]}}}"#;
    let rest = r#"{"Responses":{"cw-test":[
        {"p":{"S":"test/data"},"k":{"B":"Yg=="},"n":{"N":"7"}}]}}"#;
    let keys = ["a", "b", "a", "c"].map(str::to_owned);
    let answers = [Answer::ok(part), Answer::ok(rest)];
    let script = Script::start("BatchGetItem", &answers, NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let found = store(&provider, "test").await.get_many(&keys).await;
    let value = |text: &'static str| Ok(Some(Bytes::from(text)));
    assert_eq!(found, [value("x"), value("7"), value("x"), Ok(None)]);
    assert_eq!(script.seen("BatchGetItem").len(), 2);

    let script = Script::start("BatchGetItem", &[Answer::ok(part)], NOW).await;
    let provider = connect(&script.endpoint(), LIMIT).await;
    let found = store(&provider.unwrap(), "test")
        .await
        .get_many(&keys)
        .await;
    assert_eq!(found[0], value("x"));
    assert_eq!(found[1].as_ref().unwrap_err().kind(), &throttled());
    assert_eq!(found[3], Ok(None));
}

/// Deadlines go by the service's clock, whatever the host's shows.
#[tokio::test]
async fn a_service_a_day_ahead_is_followed() {
    let script = Script::start("PutItem", &[Answer::ok("{}")], DAY).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let driver = store(&provider, "test").await;
    let options = SetOptions {
        expected: Expected::Any,
        ttl: Some(Duration::from_secs(10)),
    };
    driver.set("k", Bytes::new(), options).await.unwrap();
    let written = script.seen("PutItem").pop().unwrap();
    let (_, rest) = written.split_once(r#""e":{"N":""#).unwrap();
    let end: u64 = rest.split('"').next().unwrap().parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let ahead = Duration::from_millis(end) - now.unwrap() - DAY;
    assert!(ahead > Duration::from_secs(1) && ahead < Duration::from_secs(60));
}
