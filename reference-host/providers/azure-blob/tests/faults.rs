//! What happens when the service is absent, refuses, stalls or puts off: against a
//! script that answers in the service's place, since no server does these things when
//! told.

mod support;

use std::time::Duration;

use cloud_contract::ErrorKind;
use cloud_contract::blobstore::Expected;
use provider_tests::blob::{body, broken, bytes, collect, container, open, options, read};
use provider_tests::{Subject, faults, scope};
use support::{Answer, BLOBS, Script, connect};

const NOW: Duration = Duration::ZERO;
/// How long a call may take that waits for its end: the first ones have to fit as well.
const LIMIT: &[(&str, &str)] = &[("timeout-ms", "3000")];
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Two blocks and a bit.
const LARGE: usize = 17 << 20;

fn throttled() -> ErrorKind {
    ErrorKind::Throttled { retry_after: None }
}

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    let subject = Subject {
        options: &[("container", "sesame")],
        ..BLOBS
    };
    faults::nobody_answers(&subject, "http://{address}/devstoreaccount1").await;
}

#[tokio::test]
async fn wrong_credentials_are_access_denied() {
    let denied = [Answer::error(403, "AuthenticationFailed")];
    let script = Script::start(&[(("GET", "comp=list"), &denied)], NOW).await;
    let key = [("account", "ali1"), ("key", "b3Blbi1zZXNhbWU=")];
    let error = connect(&script.endpoint(), &key).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::AccessDenied);
    BLOBS.assert_discreet(&error);
    assert!(!error.to_string().contains("ali1"));

    let script = Script::start(&[(("GET", "/in/"), &denied)], NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let error = read(&container(&provider, "test").await, "k")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::AccessDenied);
}

/// A signature that is part of the address goes with every request, and signs no links.
#[tokio::test]
async fn a_signature_of_the_address_goes_along() {
    let script = Script::start(&[], NOW).await;
    let settings = cloud_contract::Settings {
        endpoint: Some(script.endpoint()),
        ..cloud_contract::Settings::default()
    };
    let options = [
        ("account", "account1"),
        ("sas", "?sv=1&sig=s%3D"),
        ("container", "cw-test"),
    ];
    let connected = (provider_azure_blob::FACTORY.connect)(settings.or(&options));
    let provider = connected.await.unwrap();
    assert!(!provider.descriptor().declares("blob.links"));
    read(&container(&provider, "test").await, "k")
        .await
        .unwrap();
    let seen = script.seen("GET", "");
    assert!(!seen.is_empty());
    for request in seen {
        assert!(request.line.contains("sv=1&sig=s%3D"), "{}", request.line);
        assert!(!request.header.contains("authorization:"));
    }
}

#[tokio::test]
async fn a_container_that_is_not_there_is_told() {
    let gone = [Answer::error(404, "ContainerNotFound")];
    let script = Script::start(&[(("GET", "comp=list"), &gone)], NOW).await;
    let error = connect(&script.endpoint(), &[]).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(text) if text.contains("container")));
    // One that goes away later is no object that is absent.
    let script = Script::start(&[(("GET", "/in/"), &gone)], NOW).await;
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
        let answers = [Answer::error(403, "AuthenticationFailed"), Answer::OK];
        let answers = [(("GET", "comp=list"), &answers[..])];
        let script = Script::start(&answers, ahead).await;
        let connected = connect(&script.endpoint(), &[]).await;
        // The second answer is no list, which nobody reads.
        assert_eq!(connected.is_ok(), times == 2);
        assert_eq!(script.seen("GET", "comp=list").len(), times);
    }
}

#[tokio::test]
async fn a_write_whose_reply_is_lost_is_not_sent_again() {
    for (answer, kind) in [
        (Answer::Lost, ErrorKind::Unavailable),
        (Answer::error(500, "InternalError"), ErrorKind::Unavailable),
        (Answer::error(500, "OperationTimedOut"), ErrorKind::Timeout),
        (Answer::Silence, ErrorKind::Timeout),
    ] {
        for method in ["PUT", "DELETE"] {
            let answers = [((method, "/in/"), std::slice::from_ref(&answer))];
            let script = Script::start(&answers, NOW).await;
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
            BLOBS.assert_discreet(&error);
        }
    }
}

#[tokio::test]
async fn a_read_whose_reply_is_lost_is_sent_again() {
    let found = Answer::found("0x1", "", "found");
    let answers = [Answer::Lost, Answer::error(500, "X"), found];
    let script = Script::start(&[(("GET", "/in/"), &answers)], NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let found = read(&container(&provider, "test").await, "k").await;
    assert_eq!(found.unwrap().unwrap(), "found");
    assert_eq!(script.seen("GET", "/in/").len(), 3);
}

#[tokio::test]
async fn what_was_throttled_is_sent_again_and_then_given_up() {
    let busy = Answer::error(503, "ServerBusy");
    let answers = [busy.clone(), busy.clone(), Answer::OK];
    for (answers, ended) in [(&answers[..], None), (&[busy][..], Some(throttled()))] {
        let script = Script::start(&[(("PUT", "/in/"), answers)], NOW).await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let driver = container(&provider, "test").await;
        let put = driver.put("k", body(bytes(9, 1)), options(Expected::Any));
        let failed = put.await.err().map(|error| error.kind().clone());
        assert_eq!(failed, ended);
        assert!((3..10).contains(&script.seen("PUT", "/in/").len()));
    }
}

/// What a conditional write is told, and that nothing is sent in vain.
#[tokio::test]
async fn conditions_are_judged_by_what_is_there() {
    let there = [Answer::found("0x2", "", "")];
    for (status, code) in [(409, "BlobAlreadyExists"), (412, "ConditionNotMet")] {
        let refused = [Answer::error(status, code)];
        let answers = [
            (("PUT", "/in/"), &refused[..]),
            (("HEAD", "/in/"), &there[..]),
        ];
        let script = Script::start(&answers, NOW).await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let driver = container(&provider, "test").await;
        for (expected, field) in [
            (Expected::Absent, "if-none-match: *\n"),
            (Expected::Version("0x1".into()), "if-match: \"0x1\"\n"),
        ] {
            for size in [9, LARGE] {
                let put = driver.put("k", body(bytes(size, 1)), options(expected.clone()));
                let error = put.await.unwrap_err();
                assert_eq!(error.kind(), &ErrorKind::PreconditionFailed, "{code}");
            }
            let seen = script.seen("PUT", "/in/");
            assert!(seen.last().unwrap().header.contains(field), "{seen:?}");
        }
        assert_eq!(script.seen("PUT", "comp=block").len(), 0, "sent in vain");
    }
    // A version of what is absent, and one that nothing has, which is not even asked.
    let absent = [Answer::error(404, "BlobNotFound")];
    let script = Script::start(&[(("DELETE", "/in/"), &absent)], NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let driver = container(&provider, "test").await;
    driver.delete("k", None).await.unwrap();
    for version in ["0x1", "*", "\"", "a\r\nb: c"] {
        let error = driver.delete("k", Some(&version.into())).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
    }
    assert_eq!(script.seen("DELETE", "/in/").len(), 2);
}

/// Blocks that are gone at the last step: another write took them, which may stand on
/// the state from before. Whoever made it, this one is not said to have been done.
#[tokio::test]
async fn a_put_whose_blocks_are_gone_has_failed() {
    let [before, after] = ["0x1", "0x2"].map(|etag| Answer::found(etag, "", ""));
    for found in [[before.clone(), after], [before.clone(), before]] {
        let gone = [Answer::error(400, "InvalidBlockList")];
        let answers = [
            (("PUT", "comp=blocklist"), &gone[..]),
            (("HEAD", "/in/"), &found[..]),
        ];
        let script = Script::start(&answers, NOW).await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let driver = container(&provider, "test").await;
        let put = driver.put("k", body(bytes(LARGE, 1)), options(Expected::Any));
        assert_eq!(put.await.unwrap_err().kind(), &throttled());
        assert_eq!(script.seen("PUT", "comp=blocklist").len(), 1);
    }
}

/// A large put that fails ends without its last step, and a block may be sent again.
#[tokio::test]
async fn a_large_put_that_fails_is_never_made_an_object() {
    let script = Script::start(&[], NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    let driver = container(&provider, "test").await;
    let failing = broken(bytes(LARGE, 1), ErrorKind::Cancelled.into());
    let put = driver.put("k", failing, options(Expected::Any));
    put.await.unwrap_err();
    assert_eq!(script.seen("PUT", "comp=block&").len(), 2);
    assert_eq!(script.seen("PUT", "comp=blocklist").len(), 0);

    for (asked, times) in [(("PUT", "comp=block&"), 4), (("PUT", "comp=blocklist"), 1)] {
        let answers = [Answer::error(500, "InternalError")];
        let script = Script::start(&[(asked, &answers)], NOW).await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let driver = container(&provider, "test").await;
        let put = driver.put("k", body(bytes(LARGE, 1)), options(Expected::Any));
        let error = put.await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        assert_eq!(script.seen(asked.0, asked.1).len(), times);
    }
}

/// An answer that stays short of what it announced is taken up, and what then comes has
/// to be what is missing.
#[tokio::test]
async fn an_answer_that_breaks_off_is_taken_up_where_it_did() {
    let whole = Answer::found("0x1", "Content-Range: bytes 0-3/9\r\n", "0123");
    let rest = Answer::found("0x1", "Content-Range: bytes 4-8/9\r\n", "45678");
    for (second, kind) in [
        (rest, None),
        (whole.clone(), Some("form")),
        (Answer::error(412, "ConditionNotMet"), Some("run out")),
        (Answer::error(404, "BlobNotFound"), Some("run out")),
    ] {
        let answers = [whole.clone(), second];
        let script = Script::start(&[(("GET", "/in/"), &answers)], NOW).await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let driver = container(&provider, "test").await;
        let read = collect(open(&driver, "k").await.data).await;
        match kind {
            None => assert_eq!(read.unwrap(), "012345678"),
            Some("run out") => assert_eq!(read.unwrap_err().kind(), &ErrorKind::Expired),
            Some(_) => assert!(matches!(read.unwrap_err().kind(), ErrorKind::Other(_))),
        }
        let seen = script.seen("GET", "/in/");
        assert!(seen[1].header.contains("x-ms-range: bytes=4-8\n"));
        assert!(seen[1].header.contains("if-match: \"0x1\"\n"));
    }
}

/// Answers of another form are errors, and end.
#[tokio::test]
async fn answers_of_another_form_are_errors() {
    let list = "<EnumerationResults><Blobs/><NextMarker>m</NextMarker></EnumerationResults>";
    for answer in [
        Answer::Is(200, "", "nothing"),
        Answer::Is(200, "", "<EnumerationResults><Blobs>"),
        // It goes on where it was.
        Answer::Is(200, "", list),
    ] {
        let script = Script::start(&[(("GET", "/in/"), std::slice::from_ref(&answer))], NOW).await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let driver = container(&provider, "test").await;
        let error = driver.get("k", Default::default(), None).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Other(_)), "{error:?}");

        let script = Script::start(
            &[(("GET", "prefix=test%2Fin"), std::slice::from_ref(&answer))],
            NOW,
        )
        .await;
        let provider = connect(&script.endpoint(), &[]).await.unwrap();
        let driver = container(&provider, "test").await;
        let request = cloud_contract::blobstore::ListRequest {
            prefix: "",
            delimiter: None,
            after: None,
            limit: 10,
        };
        let error = driver.list(request).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Other(_)), "{error:?}");
        BLOBS.assert_discreet(&error);
    }
}

/// The service lists blocks that are no blob yet and deletes none: an empty blob takes
/// their place first.
#[tokio::test]
async fn blocks_go_with_their_scope() {
    let list = "<EnumerationResults><Blobs><Blob><Name>test/in/data/k</Name></Blob></Blobs>\
                <NextMarker/></EnumerationResults>";
    let listed = [Answer::Is(200, "", list)];
    let deleted = [Answer::error(404, "BlobNotFound"), Answer::Is(202, "", "")];
    let answers = [
        (("GET", "uncommittedblobs"), &listed[..]),
        (("DELETE", "/in/"), &deleted[..]),
    ];
    let script = Script::start(&answers, NOW).await;
    let provider = connect(&script.endpoint(), &[]).await.unwrap();
    container(&provider, "test").await;
    provider.close(&scope("test", &["data"])).await.unwrap();
    assert_eq!(script.seen("DELETE", "/in/").len(), 2);
    let empty = script.seen("PUT", "/in/");
    assert_eq!(empty.len(), 1);
    assert!(empty[0].header.contains("if-none-match: *\n"));
}
