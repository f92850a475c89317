//! What happens when the service is absent, refuses, stalls or puts off: against a script
//! that answers in the service's place, since no server does these things when told, and
//! the emulator does not carry out all conditions.

mod support;

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::blobstore::{CopyRequest, Driver, Expected, Range, RenameRequest};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use provider_tests::blob::{body, broken, bytes, collect, container, open, options, read};
use provider_tests::{Subject, faults};
use support::{Answer, BYTES, DESCRIBED, GCS, OBJECT, Script, connect};

/// How long a call may take that waits for its end: the first ones have to fit as well.
const LIMIT: &[(&str, &str)] = &[("timeout-ms", "3000")];
/// Two pieces and a bit.
const LARGE: usize = 17 << 20;
/// Requests that write an object at once, and those that send pieces of it.
const WHOLE: (&str, &str) = ("POST", "uploadType=multipart&fields=name");
const SESSION: &str = "upload_id=u1";

fn throttled() -> ErrorKind {
    ErrorKind::Throttled { retry_after: None }
}

/// A script whose scope is open: the marks are there before it begins.
async fn start(
    asked: (&'static str, &'static str),
    answers: &[Answer],
    options: &[(&str, &str)],
) -> (Script, Arc<dyn Driver>) {
    let script = Script::start(asked, answers).await;
    let provider = connect(&script.endpoint(), options).await.unwrap();
    let driver = container(&provider, "test").await;
    (script, driver)
}

async fn put(driver: &Arc<dyn Driver>, size: usize, expected: Expected) -> Result<Version> {
    driver
        .put("k", body(bytes(size, 1)), self::options(expected))
        .await
}

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    let subject = Subject {
        options: &[("bucket", "sesame"), ("history", "off")],
        ..GCS
    };
    faults::nobody_answers(&subject, "http://{address}").await;
}

#[tokio::test]
async fn who_may_not_is_denied_and_a_bucket_that_is_not_there_is_told() {
    for status in [401, 403] {
        let script = Script::start(("GET", "/b/cw-test?"), &[Answer::error(status, "")]).await;
        let error = connect(&script.endpoint(), &[]).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied);
        GCS.assert_discreet(&error);
    }
    let gone = "The specified bucket does not exist.";
    let script = Script::start(("GET", "/b/cw-test?"), &[Answer::error(404, gone)]).await;
    let error = connect(&script.endpoint(), &[]).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(text) if text.contains("bucket")));
    // One that goes away later is no object that is absent.
    let (_script, driver) = start(("GET", "%2Fin%2F"), &[Answer::error(404, gone)], &[]).await;
    let error = read(&driver, "k").await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
}

#[tokio::test]
async fn a_write_whose_reply_is_lost_is_not_sent_again() {
    for (answer, kind) in [
        (Answer::Lost, ErrorKind::Unavailable),
        (Answer::error(503, "sesame"), ErrorKind::Unavailable),
        (Answer::Silence, ErrorKind::Timeout),
    ] {
        for (method, part) in [WHOLE, ("DELETE", "%2Fin%2F"), ("POST", "rewriteTo")] {
            let asked = (method, part);
            let limit = match answer {
                Answer::Silence => LIMIT,
                _ => &[],
            };
            let (script, driver) = start(asked, std::slice::from_ref(&answer), limit).await;
            let failed = match (method, part) {
                WHOLE => put(&driver, 9, Expected::Any).await.map(drop),
                ("DELETE", _) => driver.delete("k", None).await,
                _ => driver.copy(copy(None, &Expected::Any)).await.map(drop),
            };
            let error = failed.unwrap_err();
            assert_eq!(error.kind(), &kind, "{answer:?} {part}");
            assert_eq!(script.seen(method, part).len(), 1, "{answer:?} {part}");
            GCS.assert_discreet(&error);
        }
    }
}

fn copy<'a>(source: Option<&'a Version>, expected: &'a Expected) -> CopyRequest<'a> {
    CopyRequest {
        name: "k",
        source,
        to: "data",
        new_name: "l",
        expected,
    }
}

#[tokio::test]
async fn a_read_whose_reply_is_lost_is_sent_again() {
    let answers = [Answer::Lost, Answer::error(503, ""), Answer::OK];
    let (script, driver) = start(("GET", "%2Fin%2F"), &answers, &[]).await;
    let found = driver.head("k").await.unwrap().unwrap();
    assert_eq!((found.size, &*found.version), (9, "7"));
    assert_eq!(script.seen("GET", "%2Fin%2F").len(), 3);
}

#[tokio::test]
async fn what_was_throttled_is_sent_again_and_then_given_up() {
    let busy = Answer::error(429, "");
    let answers = [busy.clone(), busy.clone(), Answer::OK];
    let (script, driver) = start(WHOLE, &answers, &[]).await;
    put(&driver, 9, Expected::Any).await.unwrap();
    assert_eq!(script.seen(WHOLE.0, WHOLE.1).len(), 3);

    let (_script, driver) = start(WHOLE, &[busy], LIMIT).await;
    let error = put(&driver, 9, Expected::Any).await.unwrap_err();
    assert_eq!(error.kind(), &throttled());
}

/// Conditions go with the request that decides, and a version that no object has is
/// refused without one: the service would take it for none.
#[tokio::test]
async fn conditions_are_the_services() {
    let stale = [Answer::error(412, "conditionNotMet")];
    let version = Expected::Version("7".into());
    for (expected, sent) in [(&Expected::Absent, "0"), (&version, "7")] {
        let sent = format!("ifGenerationMatch={sent}");
        let (script, driver) = start(WHOLE, &stale, &[]).await;
        let error = put(&driver, 9, expected.clone()).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
        assert_eq!(script.seen("POST", &sent).len(), 1);

        let (script, driver) = start(("POST", "rewriteTo"), &stale, &[]).await;
        let source = "5".into();
        let error = driver.copy(copy(Some(&source), expected)).await;
        assert_eq!(error.unwrap_err().kind(), &ErrorKind::PreconditionFailed);
        assert_eq!(script.seen("POST", &sent).len(), 1);
        assert_eq!(script.seen("POST", "ifSourceGenerationMatch=5").len(), 1);

        let (script, driver) = start(("POST", "moveTo"), &stale, &[]).await;
        let request = RenameRequest {
            name: "k",
            new_name: "l/m",
            expected,
        };
        let error = driver.rename(request).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
        let seen = script.seen("POST", &sent);
        assert!(seen[0].line.contains("/moveTo/o/test%2Fin%2Fdata%2Fl%2Fm?"));
    }
    let (script, driver) = start(("DELETE", "ifGenerationMatch=7"), &stale, &[]).await;
    for text in ["7", "0", "", "07", "wrong"] {
        let error = driver.delete("k", Some(&text.into())).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
        if text != "7" {
            let put = put(&driver, 9, Expected::Version(text.into()));
            let error = put.await.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
        }
    }
    assert_eq!(script.seen("DELETE", "").len(), 1);
    assert_eq!(script.seen("POST", "ifGenerationMatch=").len(), 0);
    // An object that is absent has no version.
    let absent = [Answer::error(404, "No such object")];
    let (_script, driver) = start(("DELETE", "%2Fin%2F"), &absent, &[]).await;
    let error = driver.delete("k", Some(&"7".into())).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
    driver.delete("k", None).await.unwrap();
}

/// The condition of a large object is checked before it is sent, said when it is begun,
/// and decided when it is made.
#[tokio::test]
async fn the_condition_of_a_large_object_is_decided_in_the_end() {
    let begun = Answer::OK;
    let stale = Answer::error(412, "");
    let answers = [
        Answer::Is(308, "Range: bytes=0-8388607\r\n", ""),
        Answer::Is(308, "Range: bytes=0-16777215\r\n", ""),
        stale,
    ];
    let (script, driver) = start(("PUT", SESSION), &answers, &[]).await;
    let error = put(&driver, LARGE, Expected::Absent).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
    let seen = script.seen("POST", "uploadType=resumable");
    assert!(seen[0].line.contains("ifGenerationMatch=0"));
    ended(&script, 1).await;

    let (script, driver) = start(("GET", "%2Fin%2F"), &[begun], &[]).await;
    for expected in [Expected::Absent, Expected::Version("8".into())] {
        let error = put(&driver, LARGE, expected).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
    }
    assert_eq!(script.seen("POST", "resumable").len(), 0, "sent in vain");
}

/// What the service has of a piece is not sent again, and what it lost is.
#[tokio::test]
async fn a_piece_goes_on_where_the_service_is() {
    let half = Answer::Is(308, "Range: bytes=0-4194303\r\n", "");
    let first = Answer::Is(308, "Range: bytes=0-8388607\r\n", "");
    let second = Answer::Is(308, "Range: bytes=0-16777215\r\n", "");
    let lost = Answer::Lost;
    for (answers, ranges) in [
        // Half of it came.
        (
            vec![half.clone(), first.clone(), second.clone(), Answer::OK],
            vec!["0-8388607/*", "4194304-8388607/*"],
        ),
        // It is not known what came.
        (
            vec![
                lost.clone(),
                half.clone(),
                first.clone(),
                second.clone(),
                Answer::OK,
            ],
            vec!["0-8388607/*", "*/*", "4194304-8388607/*"],
        ),
        // The last one came, and its reply did not.
        (
            vec![first.clone(), second.clone(), lost, Answer::OK],
            vec![
                "0-8388607/*",
                "8388608-16777215/*",
                "16777216-17825791/17825792",
                "*/17825792",
            ],
        ),
    ] {
        let (script, driver) = start(("PUT", SESSION), &answers, &[]).await;
        let version = put(&driver, LARGE, Expected::Any).await.unwrap();
        assert_eq!(&*version, "7");
        let seen = script.seen("PUT", SESSION);
        for (request, range) in seen.iter().zip(ranges) {
            let range = format!("content-range: bytes {range}\n");
            assert!(request.header.contains(&range), "{range}");
        }
        assert!(seen[0].header.contains("content-length: 8388608\n"));
        assert_eq!(script.seen("DELETE", SESSION).len(), 0);
    }
    // More than was sent, and an end that nobody asked for.
    for odd in [
        Answer::Is(308, "Range: bytes=0-9999999\r\n", ""),
        Answer::OK,
    ] {
        let (script, driver) = start(("PUT", SESSION), &[odd], &[]).await;
        let error = put(&driver, LARGE, Expected::Any).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Other(_)));
        ended(&script, 1).await;
    }
}

/// However a large put fails, its session is ended, again and again until that succeeds.
#[tokio::test]
async fn a_session_that_fails_is_ended() {
    let answers = [Answer::Lost, Answer::error(503, ""), Answer::error(499, "")];
    let (script, driver) = start(("DELETE", SESSION), &answers, &[]).await;
    let failing = broken(bytes(LARGE, 1), ErrorKind::Cancelled.into());
    let put = driver.put("k", failing, options(Expected::Any));
    put.await.unwrap_err();
    ended(&script, 3).await;

    let (script, driver) = start(("PUT", SESSION), &[Answer::error(503, "")], &[]).await;
    let error = self::put(&driver, LARGE, Expected::Any).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unavailable);
    GCS.assert_discreet(&error);
    ended(&script, 1).await;
}

async fn ended(script: &Script, times: usize) {
    for _ in 0..6_000 {
        if script.seen("DELETE", SESSION).len() >= times {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{}", script.seen("DELETE", SESSION).len());
}

/// A copy that is not done goes on with what the service said.
#[tokio::test]
async fn a_copy_is_carried_on() {
    let more = r#"{"done":false,"rewriteToken":"t/1"}"#;
    let done = format!("{{\"done\":true,\"resource\":{OBJECT}}}").leak();
    let answers = [Answer::Is(200, "", more), Answer::Is(200, "", done)];
    let (script, driver) = start(("POST", "rewriteTo"), &answers, &[]).await;
    let expected = Expected::Absent;
    let version = driver.copy(copy(None, &expected)).await.unwrap().unwrap();
    assert_eq!(&*version, "7");
    let seen = script.seen("POST", "rewriteTo");
    assert!(!seen[0].line.contains("rewriteToken=t"));
    assert!(seen[1].line.contains("rewriteToken=t%2F1"));
    assert!(seen[1].line.contains("ifGenerationMatch=0"));
}

/// What is appended is composed with the object that was found, and anew if that is not
/// the present one any more.
#[tokio::test]
async fn an_append_that_was_overtaken_begins_anew() {
    let answers = [Answer::error(412, ""), Answer::error(404, ""), Answer::OK];
    let (script, driver) = start(("POST", "/compose"), &answers, &[]).await;
    let added = driver.append("k", body(bytes(9, 1)), Some(0)).await;
    assert_eq!(added.unwrap().size, 9);
    let seen = script.seen("POST", "/compose");
    assert_eq!(seen.len(), 3);
    assert!(seen[0].line.contains("ifGenerationMatch=0"));
    assert!(seen[0].body.contains(r#""generation":"7""#));
    let error = driver.append("k", body(bytes(9, 1)), Some(1)).await;
    assert_eq!(error.unwrap_err().kind(), &ErrorKind::PreconditionFailed);
}

/// An answer that stays short of what it announced is taken up, and what then comes has
/// to be what is missing.
#[tokio::test]
async fn an_answer_that_breaks_off_is_taken_up_where_it_did() {
    let short = Answer::Is(200, "x-goog-generation: 7\r\n", "0123");
    let rest = Answer::Is(
        206,
        "x-goog-generation: 7\r\nContent-Range: bytes 4-8/9\r\n",
        "45678",
    );
    let other = Answer::Is(
        206,
        "x-goog-generation: 8\r\nContent-Range: bytes 4-8/9\r\n",
        "45678",
    );
    for (second, kind) in [
        (rest, None),
        (short.clone(), Some("form")),
        (other, Some("form")),
        (Answer::error(404, "No such object"), Some("run out")),
    ] {
        let answers = [short.clone(), second];
        let (script, driver) = start(BYTES, &answers, &[]).await;
        let read = collect(open(&driver, "k").await.data).await;
        match kind {
            None => assert_eq!(read.unwrap(), "012345678"),
            Some("run out") => assert_eq!(read.unwrap_err().kind(), &ErrorKind::Expired),
            Some(_) => assert!(matches!(read.unwrap_err().kind(), ErrorKind::Other(_))),
        }
        let seen = script.seen(BYTES.0, BYTES.1);
        assert!(seen[1].header.contains("range: bytes=4-8\n"));
        assert!(seen[1].line.contains("generation=7"));
    }
}

/// The bytes of an answer that says all of their object, and nothing else is asked for; where
/// it does not, or there is none, what a look at the object finds.
#[tokio::test]
async fn an_answer_that_says_all_is_all_that_is_asked_for() {
    const ALL: &str = "x-goog-generation: 8\r\nContent-Type: text/html\r\n\
        Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\nX-Goog-Meta-A: =_w\r\n";
    const PART: &str = "x-goog-generation: 8\r\nContent-Type: text/html\r\n\
        Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Range: bytes 1-2/9\r\n";
    let whole = Answer::Is(200, ALL, "012345678");
    let (script, driver) = start(DESCRIBED, &[whole], &[]).await;
    let found = open(&driver, "k").await;
    assert_eq!((found.info.size, &*found.info.version), (9, "8"));
    assert_eq!(found.info.metadata, [("a".to_owned(), "=_w".to_owned())]);
    assert_eq!(collect(found.data).await.unwrap(), "012345678");
    let stale = driver.get("k", Range::default(), Some(&"7".into())).await;
    assert_eq!(stale.unwrap_err().kind(), &ErrorKind::PreconditionFailed);
    assert_eq!(script.seen("GET", "%2Fin%2Fdata%2Fk").len(), 2);

    let part = Range {
        offset: 1,
        length: Some(2),
    };
    let (script, driver) = start(DESCRIBED, &[Answer::Is(206, PART, "12")], &[]).await;
    let found = driver.get("k", part, None).await.unwrap().unwrap();
    assert_eq!((found.info.size, &*found.info.version), (9, "8"));
    assert_eq!(collect(found.data).await.unwrap(), "12");
    let seen = script.seen("GET", "%2Fin%2Fdata%2Fk");
    assert_eq!(seen.len(), 1);
    assert!(seen[0].header.contains("range: bytes=1-2\n"));

    for other in [
        Answer::Is(200, "x-goog-generation: 8\r\n", "012345678"),
        Answer::Is(206, PART, "12"),
        Answer::error(404, "No such path"),
        Answer::error(503, ""),
        Answer::Lost,
    ] {
        let (script, driver) = start(DESCRIBED, std::slice::from_ref(&other), &[]).await;
        let found = open(&driver, "k").await;
        assert_eq!(
            (found.info.size, &*found.info.version),
            (9, "7"),
            "{other:?}"
        );
        // The script's bytes of what has no script.
        assert_eq!(collect(found.data).await.unwrap(), &OBJECT[..9]);
        assert!(
            script.seen(BYTES.0, BYTES.1)[0]
                .line
                .contains("generation=7")
        );
    }
}
