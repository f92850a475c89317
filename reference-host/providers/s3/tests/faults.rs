//! What happens when the service is absent, refuses, stalls or puts off: against a
//! script that answers in the service's place, since no server does these things when
//! told.

mod support;

use std::time::Duration;

use cloud_contract::ErrorKind;
use cloud_contract::blobstore::Expected;
use provider_tests::blob::{body, broken, bytes, collect, container, open, options, read};
use provider_tests::{Subject, faults};
use support::{Answer, S3, Script, connect};

const NOW: Duration = Duration::ZERO;
/// How long a call may take that waits for its end: the first ones have to fit as well.
const LIMIT: &[(&str, &str)] = &[("timeout-ms", "3000")];
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Two parts and a bit.
const LARGE: usize = 17 << 20;

fn throttled() -> ErrorKind {
    ErrorKind::Throttled { retry_after: None }
}

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    let subject = Subject {
        options: &[("bucket", "sesame")],
        ..S3
    };
    faults::nobody_answers(&subject, "http://{address}").await;
}

#[tokio::test]
async fn wrong_credentials_are_access_denied() {
    let script = Script::start(("HEAD", "/cw-test"), &[Answer::error(403, "")], NOW).await;
    let keys = [
        ("access-key-id", "ali"),
        ("secret-access-key", "open-sesame"),
    ];
    let error = connect(&script.endpoint(), &keys).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::AccessDenied);
    S3.assert_discreet(&error);
    assert!(!error.to_string().contains("ali"));

    let answer = Answer::error(403, "SignatureDoesNotMatch");
    let script = Script::start(("GET", "/in/"), &[answer], NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let error = read(&container(&provider, "test").await, "k")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::AccessDenied);
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_told() {
    let script = Script::start(("HEAD", "/cw-test"), &[Answer::error(404, "")], NOW).await;
    let error = connect(&script.endpoint(), &[]).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(text) if text.contains("bucket")));
    // One that goes away later is no object that is absent.
    let gone = Answer::error(404, "NoSuchBucket");
    let script = Script::start(("GET", "/in/"), &[gone], NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let error = read(&container(&provider, "test").await, "k")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
}

/// A clock that is wrong by more than a signature may be: refused once, and signed
/// with the service's time from then on.
#[tokio::test]
async fn the_first_signature_of_a_wrong_clock_is_made_again() {
    for (ahead, times) in [(DAY, 2), (NOW, 1)] {
        let answers = [Answer::error(403, "RequestTimeTooSkewed"), Answer::OK];
        let script = Script::start(("PUT", "/in/"), &answers, ahead).await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let driver = container(&provider, "test").await;
        let put = driver.put("k", body(bytes(9, 1)), options(Expected::Any));
        assert_eq!(put.await.is_ok(), times == 2);
        assert_eq!(script.seen("PUT", "/in/").len(), times);
    }
}

#[tokio::test]
async fn a_write_whose_reply_is_lost_is_not_sent_again() {
    for (answer, kind) in [
        (Answer::Lost, ErrorKind::Unavailable),
        (Answer::error(500, "InternalError"), ErrorKind::Unavailable),
        (Answer::Silence, ErrorKind::Timeout),
    ] {
        for method in ["PUT", "DELETE"] {
            let script = Script::start((method, "/in/"), std::slice::from_ref(&answer), NOW).await;
            let limit = match answer {
                Answer::Silence => LIMIT,
                _ => &[],
            };
            let provider = connect(&script.endpoint(), limit).await;
            let driver = container(&provider.unwrap(), "test").await;
            let failed = match method {
                "PUT" => {
                    let put = driver.put("k", body(bytes(9, 1)), options(Expected::Any));
                    put.await.map(drop)
                }
                _ => driver.delete("k", None).await,
            };
            let error = failed.unwrap_err();
            assert_eq!(error.kind(), &kind, "{answer:?}");
            assert_eq!(script.seen(method, "/in/").len(), 1, "{answer:?}");
            S3.assert_discreet(&error);
        }
    }
}

#[tokio::test]
async fn a_read_whose_reply_is_lost_is_sent_again() {
    let found = Answer::Is(200, "ETag: \"e\"\r\n", "found");
    let answers = [Answer::Lost, Answer::error(500, "X"), found];
    let script = Script::start(("GET", "/in/"), &answers, NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let found = read(&container(&provider, "test").await, "k").await;
    assert_eq!(found.unwrap().unwrap(), "found");
    assert_eq!(script.seen("GET", "/in/").len(), 3);
}

#[tokio::test]
async fn what_was_throttled_is_sent_again_and_then_given_up() {
    let busy = Answer::error(503, "SlowDown");
    let answers = [busy.clone(), busy.clone(), Answer::OK];
    let script = Script::start(("PUT", "/in/"), &answers, NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let driver = container(&provider, "test").await;
    let put = driver.put("k", body(bytes(9, 1)), options(Expected::Any));
    put.await.unwrap();
    assert_eq!(script.seen("PUT", "/in/").len(), 3);

    let script = Script::start(("PUT", "/in/"), &[busy], NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let driver = container(&provider, "test").await;
    let put = driver.put("k", body(bytes(9, 1)), options(Expected::Any));
    assert_eq!(put.await.unwrap_err().kind(), &throttled());
    assert!(script.seen("PUT", "/in/").len() < 10);
}

/// 412 is a condition that failed, and so is a version of what is absent. 409 says that
/// somebody came between: who looks finds out whether he decided.
#[tokio::test]
async fn a_condition_that_failed_is_told_from_a_write_that_came_between() {
    for (status, code, kind) in [
        (412, "PreconditionFailed", ErrorKind::PreconditionFailed),
        (409, "ConditionalRequestConflict", throttled()),
    ] {
        // The object stays absent, as is expected.
        let answer = Answer::error(status, code);
        let script = Script::start(("PUT", "/in/"), &[answer], NOW).await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let driver = container(&provider, "test").await;
        let put = driver.put("k", body(bytes(9, 1)), options(Expected::Absent));
        assert_eq!(put.await.unwrap_err().kind(), &kind, "{code}");
        let seen = script.seen("PUT", "/in/");
        assert!(seen[0].header.contains("if-none-match: *\n"));
    }
    // It is there when the service has said so.
    let there = Answer::Is(200, "ETag: \"e\"\r\nx-amz-meta-0-version: v\r\n", "");
    let answers = [Answer::error(409, "ConditionalRequestConflict")];
    for expected in [Expected::Absent, Expected::Version("other".into())] {
        let script = Script::start(("HEAD", "/in/"), std::slice::from_ref(&there), NOW).await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let driver = container(&provider, "test").await;
        let put = driver.put("k", body(bytes(LARGE, 1)), options(expected));
        let error = put.await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
        assert_eq!(script.seen("POST", "uploads").len(), 0, "sent in vain");
    }
    let script = Script::start(("DELETE", "/in/"), &answers, NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let driver = container(&provider, "test").await;
    let version = "v".into();
    let error = driver.delete("k", Some(&version)).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
}

/// However a large put fails, its upload is ended, again and again until that succeeds.
#[tokio::test]
async fn an_upload_that_fails_is_ended() {
    let busy = Answer::error(503, "ServiceUnavailable");
    let lost = [Answer::Lost, busy.clone(), Answer::Is(204, "", "")];
    let script = Script::start(("DELETE", "uploadId"), &lost, NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let driver = container(&provider, "test").await;
    let failing = broken(bytes(LARGE, 1), ErrorKind::Cancelled.into());
    let put = driver.put("k", failing, options(Expected::Any));
    put.await.unwrap_err();
    ended(&script, 3).await;

    for asked in [("PUT", "partNumber=2"), ("POST", "uploadId")] {
        let answers = [Answer::error(500, "InternalError")];
        let script = Script::start(asked, &answers, NOW).await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let driver = container(&provider, "test").await;
        let put = driver.put("k", body(bytes(LARGE, 1)), options(Expected::Any));
        let error = put.await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        ended(&script, 1).await;
        // A part may be sent again, the last step may not.
        let sent = script.seen(asked.0, asked.1).len();
        assert_eq!(sent, if asked.0 == "PUT" { 4 } else { 1 });
    }
}

async fn ended(script: &Script, times: usize) {
    for _ in 0..6_000 {
        if script.seen("DELETE", "uploadId=u1").len() >= times {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{}", script.seen("DELETE", "uploadId").len());
}

/// An answer that stays short of what it announced is taken up, and what then comes has
/// to be what is missing.
#[tokio::test]
async fn an_answer_that_breaks_off_is_taken_up_where_it_did() {
    let whole = Answer::Is(206, "ETag: \"e\"\r\nContent-Range: bytes 0-3/9\r\n", "0123");
    let rest = Answer::Is(
        206,
        "ETag: \"e\"\r\nContent-Range: bytes 4-8/9\r\n",
        "45678",
    );
    for (second, kind) in [
        (rest, None),
        (whole.clone(), Some("form")),
        (Answer::error(412, "PreconditionFailed"), Some("run out")),
        (Answer::error(404, "NoSuchKey"), Some("run out")),
    ] {
        let script = Script::start(("GET", "/in/"), &[whole.clone(), second], NOW).await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let driver = container(&provider, "test").await;
        let read = collect(open(&driver, "k").await.data).await;
        match kind {
            None => assert_eq!(read.unwrap(), "012345678"),
            Some("run out") => assert_eq!(read.unwrap_err().kind(), &ErrorKind::Expired),
            Some(_) => assert!(matches!(read.unwrap_err().kind(), ErrorKind::Other(_))),
        }
        let seen = script.seen("GET", "/in/");
        assert!(seen[1].header.contains("range: bytes=4-8\n"));
        assert!(seen[1].header.contains("if-match: \"e\"\n"));
    }
}
