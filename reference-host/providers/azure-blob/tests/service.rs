//! What only the service itself can show: what is left behind, how it dies, what links
//! do. It takes seconds to start, so there is one for all steps.

mod support;

use std::time::Duration;

use cloud_contract::ErrorKind;
use cloud_contract::blobstore::{Expected, Metadata};
use provider_tests::blob::{
    body, bytes, container, endless, faults, links, names, options, put, read, seam, version_of,
};
use provider_tests::{Server, scope};
use reqwest::Method;
use support::{BLOBS, ask, count};

const LINKS: links::Statuses = links::Statuses {
    put: 201,
    deleted: 202,
    delete_of_none: 404,
    bare_put: 400,
};

#[test]
fn on_azurite() {
    BLOBS.on_server(async |server| {
        seam::holds(server).await;
        seam::is_closed_under_its_writers(server).await;
        faults::failed_writes_leave_nothing(server).await;
        uploads_of_guests_end_with_their_scope(server).await;
        a_put_that_was_overtaken_is_throttled(server).await;
        blocks_of_somebody_are_no_object(server).await;
        small_additions_become_few_blocks(server).await;
        links::hold(server, LINKS).await;
        what_others_wrote_is_read(server).await;
        the_container_comes_and_goes(server).await;
    });
}

#[test]
fn on_azurite_with_faults() {
    BLOBS.on_server(async |server| {
        faults::reading_is_taken_up(server).await;
        faults::replies_are_lost(server).await;
        faults::stalls(server).await;
        faults::is_killed(server).await;
    });
}

/// A part that is larger than what is held in memory arrives, and nothing of an upload
/// stays that its guest forgot, blocks included.
async fn uploads_of_guests_end_with_their_scope(server: &Server) {
    let settings = server.settings(server.endpoint(), &[]);
    let before = count(&settings, true).await;
    let provider = server.provider().await;
    let driver = container(&provider, "parts").await;
    let begin = async |name| {
        let begun = driver.begin(name, "text/plain".into(), Metadata::new());
        begun.await.unwrap()
    };
    let (forgotten, upload) = (begin("l").await, begin("k").await);
    let size = 20 << 20;
    for (name, upload) in [("l", &forgotten), ("k", &upload)] {
        let sent = driver.put_part(name, upload, 1, size as u64, body(bytes(size, 1)));
        assert_eq!(sent.await.unwrap().number, 1);
    }
    let parts = driver.parts("k", &upload).await.unwrap();
    assert_eq!(parts[0].size, size as u64);
    let parts = [parts[0].part.clone()];
    let completed = driver.complete("k", &upload, &parts, &Expected::Any).await;
    let version = completed.unwrap();
    assert_eq!(version_of(&driver, "k").await, version);
    assert!(read(&driver, "k").await.unwrap() == Some(bytes(size, 1)));
    assert_eq!(names(&driver, "", 10).await, ["k"]);
    provider.close(&scope("parts", &[])).await.unwrap();
    assert_eq!(count(&settings, true).await, before);
}

/// The last step of one large put takes the blocks of the other one away: nothing says what
/// stood there in between, so that the other one has to be made again.
async fn a_put_that_was_overtaken_is_throttled(server: &Server) {
    use futures::StreamExt as _;
    let provider = server.provider().await;
    let driver = container(&provider, "overtaken").await;
    let large = 20 << 20;
    let slow = body(bytes(large, 1)).chain(futures::stream::once({
        let driver = driver.clone();
        async move {
            put(&driver, "k", bytes(large, 2)).await;
            Ok(bytes(1, 1))
        }
    }));
    let overtaken = driver.put("k", Box::pin(slow), options(Expected::Any));
    let kind = overtaken.await.unwrap_err().kind().clone();
    assert_eq!(kind, ErrorKind::Throttled { retry_after: None });
    assert!(read(&driver, "k").await.unwrap() == Some(bytes(large, 2)));
    put(&driver, "k", bytes(large, 1)).await;
    assert!(read(&driver, "k").await.unwrap() == Some(bytes(large, 1)));
    provider.close(&scope("overtaken", &[])).await.unwrap();
}

/// A name that has blocks of a put that is not over is absent for every condition.
async fn blocks_of_somebody_are_no_object(server: &Server) {
    let provider = server.provider().await;
    let driver = container(&provider, "blocks").await;
    for name in ["put", "copied"] {
        let idle = driver.put(name, endless(bytes(20 << 20, 1)), options(Expected::Any));
        let idle = tokio::time::timeout(Duration::from_millis(800), idle);
        idle.await.unwrap_err();
        assert_eq!(read(&driver, name).await, Ok(None));
    }
    assert!(names(&driver, "", 10).await.is_empty());
    let created = driver.put("put", body(bytes(9, 2)), options(Expected::Absent));
    let version = created.await.unwrap();
    assert_eq!(version_of(&driver, "put").await, version);
    let info = driver.head("put").await.unwrap().unwrap();
    assert_eq!(info.metadata, options(Expected::Any).metadata);
    let again = driver.put("put", body(bytes(9, 2)), options(Expected::Absent));
    let error = again.await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
    provider.close(&scope("blocks", &[])).await.unwrap();
}

async fn small_additions_become_few_blocks(server: &Server) {
    let provider = server.provider().await;
    let driver = container(&provider, "added").await;
    let mut whole = Vec::new();
    for number in 0..150 {
        let more = bytes(10, number);
        whole.extend_from_slice(&more);
        let added = driver.append("log", body(more), None).await.unwrap();
        assert_eq!(added.size, whole.len() as u64);
    }
    let found = read(&driver, "log").await.unwrap().unwrap();
    assert_eq!(found, whole);
    let settings = server.settings(server.endpoint(), &[]);
    let query = [("comp", "blocklist"), ("blocklisttype", "committed")];
    let key = "added/in/data/log";
    let (_, list) = ask(&settings, Method::GET, key, &query, &[], b"").await;
    let blocks = String::from_utf8_lossy(&list).matches("<Block>").count();
    assert!((1..70).contains(&blocks), "{blocks}");
    provider.close(&scope("added", &[])).await.unwrap();
}

/// What other programs wrote is read and added to, and what is no object of ours is not
/// listed.
async fn what_others_wrote_is_read(server: &Server) {
    let provider = server.provider().await;
    let driver = container(&provider, "others").await;
    let settings = server.settings(server.endpoint(), &[]);
    let write = async |key: &str, bytes: &'static [u8]| {
        let fields = [("x-ms-blob-type", "BlockBlob"), ("x-ms-meta-author", "me")];
        let (status, _) = ask(&settings, Method::PUT, key, &[], &fields, bytes).await;
        assert_eq!(status, 201);
    };
    write("others/in/data/k", b"one").await;
    write("others/as/data/not-encoded", b"").await;
    write("others/stray", b"").await;
    let info = driver.head("k").await.unwrap().unwrap();
    assert_eq!(info.metadata, [("author".to_owned(), "me".to_owned())]);
    let added = driver
        .append("k", body(bytes(1, 1)), Some(3))
        .await
        .unwrap();
    assert_eq!(
        (added.size, version_of(&driver, "k").await),
        (4, added.version)
    );
    write("others/in/data/k", b"two").await;
    let error = driver.delete("k", Some(&info.version)).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
    assert_eq!(names(&driver, "", 10).await, ["k"]);
    put(&driver, "\u{1}", bytes(1, 1)).await;
    assert_eq!(names(&driver, "", 1).await, ["\u{1}", "k"]);
    provider.close(&scope("others", &[])).await.unwrap();
}

/// What a container that is gone is called, and one that was never there.
async fn the_container_comes_and_goes(server: &Server) {
    // Making it again is no error.
    server.create().await.unwrap();
    let driver = container(&server.provider().await, "container").await;
    put(&driver, "k", bytes(20 << 20, 1)).await;
    server.remove().await.unwrap();
    let error = server.remove().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    let gone = read(&driver, "k").await.unwrap_err();
    assert_eq!(gone.kind(), &ErrorKind::NotFound);
    let absent = server.connect(&[]).await.unwrap_err();
    assert!(matches!(absent.kind(), ErrorKind::InvalidArgument(_)));
    server.create().await.unwrap();
}
