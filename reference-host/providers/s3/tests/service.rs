//! What only the service itself can show: what is left behind, how it dies, what links
//! do. It takes seconds to start, so there is one for all steps.

mod support;

use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use cloud_contract::ErrorKind;
use cloud_contract::blobstore::{Access, Expected, Link, Metadata};
use provider_tests::blob::{body, bytes, container, faults, names, put, read, seam, version_of};
use provider_tests::{Server, scope};
use support::{S3, client};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[test]
fn on_seaweedfs() {
    S3.on_server(async |server| {
        seam::holds(server).await;
        seam::is_closed_under_its_writers(server).await;
        faults::failed_writes_leave_nothing(server).await;
        uploads_of_guests_end_with_their_scope(server).await;
        links_do_what_they_say_and_no_more(server).await;
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

async fn links_do_what_they_say_and_no_more(server: &Server) {
    let provider = server.provider().await;
    let driver = container(&provider, "links").await;
    let minute = Duration::from_secs(60);
    for name in ["a", "a/b c+%\u{e9}", "\u{1}"] {
        let link = async |access, lifetime| driver.sign(name, access, lifetime).await.unwrap();
        let written = link(Access::Put, minute).await;
        assert_eq!(send("PUT", &written, "by link").await.0, 200);
        assert_eq!(read(&driver, name).await.unwrap().unwrap(), "by link");
        let info = driver.head(name).await.unwrap().unwrap();
        assert_eq!(info.content_type, "application/octet-stream");
        assert_eq!(info.metadata, []);
        let found = link(Access::Get, minute).await;
        assert_eq!(send("GET", &found, "").await, (200, "by link".to_owned()));
        assert_eq!(send("DELETE", &found, "").await.0, 403);
        assert_eq!(send("PUT", &found, "x").await.0, 403);
        let short = link(Access::Get, Duration::from_millis(1)).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(send("GET", &short, "").await.0, 403);
        let gone = link(Access::Delete, minute).await;
        assert_eq!(send("DELETE", &gone, "").await.0, 204);
        assert_eq!(read(&driver, name).await.unwrap(), None);
    }
    provider.close(&scope("links", &[])).await.unwrap();
}

/// Sends the request of a link, and returns the status and the body of the answer.
async fn send(method: &str, link: &Link, body: &str) -> (u16, String) {
    let rest = link.url.strip_prefix("http://").unwrap();
    let (address, path) = rest.split_at(rest.find('/').unwrap());
    let fields = link.headers.iter();
    let fields: String = fields
        .filter(|(name, _)| !name.eq_ignore_ascii_case("host"))
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{fields}\
         Content-Length: {length}\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (header, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = header.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
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
