//! What only the service itself can show: what is left behind, how it dies, what links
//! do. It takes seconds to start, so there is one for all steps.

mod support;

use aws_sdk_s3::primitives::ByteStream;
use cloud_contract::ErrorKind;
use cloud_contract::blobstore::{Expected, Metadata};
use provider_tests::blob::{
    body, bytes, container, faults, links, names, put, read, seam, version_of,
};
use provider_tests::{Server, scope};
use support::{S3, client};

const LINKS: links::Statuses = links::Statuses {
    put: 200,
    deleted: 204,
    delete_of_none: 204,
    bare_put: 403,
};

#[test]
fn on_seaweedfs() {
    S3.on_server(async |server| {
        seam::holds(server).await;
        seam::is_closed_under_its_writers(server).await;
        faults::failed_writes_leave_nothing(server).await;
        uploads_of_guests_end_with_their_scope(server).await;
        links::hold(server, LINKS).await;
        what_others_wrote_has_versions(server).await;
        the_bucket_comes_and_goes(server).await;
    });
}

#[test]
fn on_seaweedfs_with_faults() {
    S3.on_server(async |server| {
        faults::reading_is_taken_up(server).await;
        faults::replies_are_lost(server).await;
        faults::stalls(server).await;
        faults::is_killed(server).await.is_kept(server).await;
    });
}

/// A part that is larger than what is held in memory arrives, and nothing of an upload
/// stays that its guest forgot.
async fn uploads_of_guests_end_with_their_scope(server: &Server) {
    let before = server.left().await;
    let provider = server.provider().await;
    let driver = container(&provider, "parts").await;
    let begin = async || {
        let begun = driver.begin("k", "text/plain".into(), Metadata::new());
        begun.await.unwrap()
    };
    let (forgotten, upload) = (begin().await, begin().await);
    let size = 20 << 20;
    for upload in [&forgotten, &upload] {
        let sent = driver.put_part("k", upload, 1, size as u64, body(bytes(size, 1)));
        assert_eq!(sent.await.unwrap().number, 1);
    }
    let parts = driver.parts("k", &upload).await.unwrap();
    assert_eq!(parts[0].size, size as u64);
    let parts = [parts[0].part.clone()];
    let completed = driver.complete("k", &upload, &parts, &Expected::Any).await;
    let version = completed.unwrap();
    assert_eq!(version_of(&driver, "k").await, version);
    assert!(read(&driver, "k").await.unwrap() == Some(bytes(size, 1)));
    provider.close(&scope("parts", &[])).await.unwrap();
    assert_eq!(server.left().await, before);
}

/// An object without a mark has a version all the same, and what is no object of ours is
/// not listed.
async fn what_others_wrote_has_versions(server: &Server) {
    let provider = server.provider().await;
    let driver = container(&provider, "others").await;
    let (client, bucket) = client(&server.settings(server.endpoint(), &[])).await;
    let write = async |key: &str, bytes: &'static [u8]| {
        let put = client.put_object().bucket(&bucket).key(key);
        let put = put.metadata("author", "me");
        put.body(ByteStream::from_static(bytes))
            .send()
            .await
            .unwrap();
    };
    write("others/in/data/k", b"one").await;
    write("others/as/data/not-encoded", b"").await;
    write("others/stray", b"").await;
    let info = driver.head("k").await.unwrap().unwrap();
    assert_eq!(info.metadata, [("author".to_owned(), "me".to_owned())]);
    assert_eq!(version_of(&driver, "k").await, info.version);
    write("others/in/data/k", b"two").await;
    assert_ne!(version_of(&driver, "k").await, info.version);
    let error = driver.delete("k", Some(&info.version)).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
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
    put(&driver, "k", bytes(20 << 20, 1)).await;
    driver
        .begin("k", "text/plain".into(), Metadata::new())
        .await
        .unwrap();
    server.remove().await.unwrap();
    let error = server.remove().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    let gone = read(&driver, "k").await.unwrap_err();
    assert_eq!(gone.kind(), &ErrorKind::NotFound);
    let absent = server.connect(&[]).await.unwrap_err();
    assert!(matches!(absent.kind(), ErrorKind::InvalidArgument(_)));
    server.create().await.unwrap();
}
