//! What only the service itself can show: what is left behind, how it dies. The emulator
//! keeps nothing, does not carry out the conditions of large objects, and has no links,
//! which only credentials can sign.

mod support;

use std::time::{Duration, Instant};

use cloud_contract::blobstore::{Expected, Metadata, Range, VersionsRequest};
use cloud_contract::{ErrorKind, feature};
use provider_tests::blob::{
    body, broken, bytes, collect, container, endless, faults, links, names, options, put, read,
    seam, version_of,
};
use provider_tests::{Server, Subject, scope};
use support::GCS;

/// More than a piece.
const LARGE: usize = 20 << 20;
/// How long it may take until nothing is left of what failed.
const GONE: Duration = Duration::from_secs(60);

#[test]
fn the_seam_holds() {
    GCS.on_server(async |server| {
        seam::holds(server).await;
        seam::is_closed_under_its_writers(server).await;
        what_was_given_up_leaves_nothing(server).await;
        uploads_of_guests_end_with_their_scope(server).await;
        links::are_unsupported(server).await;
        what_others_wrote_is_read(server).await;
        the_bucket_comes_and_goes(server).await;
    });
}

#[test]
fn faults_of_the_service_are_told() {
    GCS.on_server(async |server| {
        faults::reading_is_taken_up(server).await;
        faults::replies_are_lost(server).await;
        faults::stalls(server).await;
        faults::is_killed(server).await;
    });
}

/// Here the emulator can be asked: it keeps states, and does not let go of them.
#[test]
fn a_bucket_with_versions_has_a_history() {
    let subject = Subject {
        options: &[("history", "on")],
        ..GCS
    };
    subject.on_server(async |server| {
        let provider = server.provider().await;
        assert!(provider.descriptor().declares(feature::BLOB_HISTORY));
        let driver = container(&provider, "history").await;
        let mut written = Vec::new();
        for number in 0..5 {
            written.push(put(&driver, "k", bytes(number, 1)).await);
            put(&driver, "k2", bytes(9, 1)).await;
        }
        driver.delete("k", None).await.unwrap();
        written.reverse();
        let (mut listed, mut after) = (Vec::new(), None::<Vec<u8>>);
        loop {
            let request = VersionsRequest {
                name: "k",
                after: after.as_deref(),
                limit: 2,
            };
            let page = driver.versions(request).await.unwrap();
            listed.extend(page.states.into_iter().map(|state| state.version));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(listed, written);
        let found = driver.get_version("k", &written[1], Range::default());
        let found = found.await.unwrap().unwrap();
        assert_eq!(collect(found.data).await.unwrap(), bytes(3, 1));
        for wrong in ["17", "0", "x"] {
            let wrong = wrong.into();
            let found = driver.get_version("k", &wrong, Range::default());
            assert!(found.await.unwrap().is_none());
        }
        let present = version_of(&driver, "k2").await;
        let error = driver.delete_version("k2", &present).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
        provider.close(&scope("history", &[])).await.unwrap();
    });
}

/// Of a put that failed, or that its guest dropped, nothing shows and nothing stays.
async fn what_was_given_up_leaves_nothing(server: &Server) {
    let provider = server.provider().await;
    let driver = container(&provider, "residue").await;
    put(&driver, "k", bytes(9, 1)).await;
    let before = server.left().await;
    for size in [0, 9, LARGE] {
        for name in ["k", "new"] {
            let failing = || broken(bytes(size, 2), ErrorKind::Cancelled.into());
            let put = driver.put(name, failing(), options(Expected::Any));
            put.await.unwrap_err();
            driver.append(name, failing(), None).await.unwrap_err();
            let wait = Duration::from_millis(if size == LARGE { 400 } else { 20 });
            let idle = || endless(bytes(size, 2));
            let put = driver.put(name, idle(), options(Expected::Any));
            tokio::time::timeout(wait, put).await.unwrap_err();
            let append = driver.append(name, idle(), None);
            tokio::time::timeout(wait, append).await.unwrap_err();
        }
        for (name, expected) in [
            ("k", Expected::Absent),
            ("new", Expected::Version("7".into())),
        ] {
            let put = driver.put(name, body(bytes(size, 2)), options(expected));
            let error = put.await.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
        }
    }
    // What was appended is in the object, and nowhere else.
    let added = driver.append("k", body(bytes(LARGE, 3)), Some(9)).await;
    assert_eq!(added.unwrap().size, 9 + LARGE as u64);
    let error = driver.append("k", body(bytes(9, 3)), Some(9)).await;
    assert_eq!(error.unwrap_err().kind(), &ErrorKind::PreconditionFailed);
    let until = Instant::now() + GONE;
    while server.left().await != before {
        assert!(Instant::now() < until, "{} left", server.left().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(read(&driver, "new").await, Ok(None));
    assert_eq!(names(&driver, "", 10).await, ["k"]);
    provider.close(&scope("residue", &[])).await.unwrap();
}

/// Parts of more than one request, and of more than one piece, and nothing stays of an
/// upload that its guest forgot.
async fn uploads_of_guests_end_with_their_scope(server: &Server) {
    let before = server.left().await;
    let provider = server.provider().await;
    let driver = container(&provider, "parts").await;
    let begin = async || {
        let begun = driver.begin("k", "text/plain".into(), Metadata::new());
        begun.await.unwrap()
    };
    let (forgotten, upload) = (begin().await, begin().await);
    let mut parts = Vec::new();
    for (number, size) in (1..=70).zip([LARGE].into_iter().chain(std::iter::repeat(100))) {
        let send = async |upload: &str| {
            let sent = body(bytes(size, number.into()));
            let sent = driver.put_part("k", upload, number, size as u64, sent);
            sent.await.unwrap()
        };
        send(&forgotten).await;
        parts.push(send(&upload).await);
    }
    let version = driver.complete("k", &upload, &parts, &Expected::Any).await;
    assert_eq!(version_of(&driver, "k").await, version.unwrap());
    let expected: Vec<u8> = (1..=70_u64)
        .flat_map(|number| bytes(if number == 1 { LARGE } else { 100 }, number))
        .collect();
    assert!(read(&driver, "k").await.unwrap().unwrap() == expected);
    let error = driver.parts("k", &upload).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    assert_eq!(driver.parts("k", &forgotten).await.unwrap().len(), 70);
    provider.close(&scope("parts", &[])).await.unwrap();
    assert_eq!(server.left().await, before);
}

/// An object of another program is as it is, and what is no object of ours is not listed.
async fn what_others_wrote_is_read(server: &Server) {
    let provider = server.provider().await;
    let driver = container(&provider, "others").await;
    let settings = server.settings(server.endpoint(), &[]);
    let client = reqwest::Client::new();
    for name in ["others/in/data/k", "others/in/data/..", "others/stray"] {
        let url = format!(
            "{}/upload/storage/v1/b/{}/o?uploadType=media&name={}",
            server.endpoint(),
            settings.options["bucket"],
            name.replace('/', "%2F"),
        );
        let sent = client.post(url).header("content-type", "a/b").body("one");
        assert!(sent.send().await.unwrap().status().is_success());
    }
    let info = driver.head("k").await.unwrap().unwrap();
    assert_eq!((info.size, &*info.content_type), (3, "a/b"));
    assert_eq!(names(&driver, "", 10).await, ["k"]);
    put(&driver, "\u{1}", bytes(1, 1)).await;
    assert_eq!(names(&driver, "", 1).await, ["\u{1}", "k"]);
    provider.close(&scope("others", &[])).await.unwrap();
}

/// What a bucket that is gone is called, and one that was never there.
async fn the_bucket_comes_and_goes(server: &Server) {
    // Making it again is no error.
    server.create().await.unwrap();
    let driver = container(&server.provider().await, "bucket").await;
    put(&driver, "k", bytes(9, 1)).await;
    server.remove().await.unwrap();
    let error = server.remove().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    let absent = server.connect(&[]).await.unwrap_err();
    assert!(matches!(absent.kind(), ErrorKind::InvalidArgument(_)));
    server.create().await.unwrap();
}
