//! `kill -9` of a host in the middle of a large put: the service holds an upload that
//! nobody ends any more. Who opens the container when its mark is old ends it, and nothing
//! else: neither what was there nor an upload of a guest.
//!
//! The test runs itself again as a child, which writes and says so. The parent kills it.

mod support;

use std::time::{Duration, Instant};

use cloud_contract::blobstore::{Expected, Metadata};
use provider_tests::blob::{STUCK, body, bytes, container, endless, options, put, read, stuck};
use provider_tests::{Child, Server, scope};
use support::{S3, client};

const ENDPOINT: &str = "PROVIDER_S3_KILL_ENDPOINT";
const BUCKET: &str = "PROVIDER_S3_KILL_BUCKET";
const SCOPE: &str = "kill";
/// Several parts, and what has not become one yet.
const LARGE: usize = 30 << 20;
const PARTS: usize = 3;
/// How long it may take until what was abandoned is gone.
const GONE: Duration = Duration::from_secs(60);
/// Every mark is old at once.
const AT_ONCE: &[(&str, &str)] = &[("end-all-under-way", "yes")];

/// What the parent runs; on its own it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let (Ok(endpoint), Ok(bucket)) = (std::env::var(ENDPOINT), std::env::var(BUCKET)) else {
        return;
    };
    let provider = S3.connect(&endpoint, &[("bucket", &bucket)]).await.unwrap();
    let driver = container(&provider, SCOPE).await;
    let ended = driver
        .put("old", stuck(bytes(LARGE, 2)), options(Expected::Any))
        .await;
    panic!("the child has come to an end: {ended:?}");
}

fn start(server: &Server) -> Child {
    let settings = server.settings(server.endpoint(), &[]);
    let bucket = &settings.options["bucket"];
    Child::start(&[(ENDPOINT, server.endpoint()), (BUCKET, bucket)])
}

/// Runs a child, and kills it when it is stuck and the service has what it sent.
async fn killed(server: &Server) {
    let mut child = start(server);
    let is_stuck = child.said().any(|words| words == STUCK);
    let until = Instant::now() + GONE;
    while uploads(server)
        .await
        .iter()
        .all(|(_, parts)| *parts < PARTS)
    {
        assert!(is_stuck && Instant::now() < until, "no parts are sent");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    child.kill();
}

/// The uploads of the bucket, asked past the provider: the key of each, and how many parts
/// the service holds.
async fn uploads(server: &Server) -> Vec<(String, usize)> {
    let (client, bucket) = client(&server.settings(server.endpoint(), &[])).await;
    let begun = client.list_multipart_uploads().bucket(&bucket).send();
    let mut found = Vec::new();
    for upload in begun.await.unwrap().uploads() {
        let (key, id) = (upload.key().unwrap(), upload.upload_id().unwrap());
        let parts = client.list_parts().bucket(&bucket).key(key).upload_id(id);
        let parts = parts.send().await.unwrap().parts().len();
        found.push((key.to_owned(), parts));
    }
    found.sort_unstable();
    found
}

/// How many puts the bucket says to be under way.
async fn marks(server: &Server) -> usize {
    let (client, bucket) = client(&server.settings(server.endpoint(), &[])).await;
    let marks = client.list_objects_v2().bucket(&bucket);
    let marks = marks.prefix(format!("{SCOPE}/put/")).send();
    marks.await.unwrap().contents().len()
}

async fn until_marks(server: &Server, count: usize) {
    let until = Instant::now() + GONE;
    while marks(server).await != count {
        assert!(Instant::now() < until, "{} marks", marks(server).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn what_a_killed_host_leaves_of_a_put_is_ended_and_nothing_else() {
    S3.on_server(async |server| {
        let provider = server.provider().await;
        let driver = container(&provider, SCOPE).await;
        let version = put(&driver, "old", bytes(LARGE, 1)).await;
        // Of a put that has ended nothing is left.
        until_marks(server, 0).await;
        let upload = driver.begin("old", "text/plain".into(), Metadata::new());
        let upload = upload.await.unwrap();
        let sent = driver.put_part("old", &upload, 1, 9, body(bytes(9, 3)));
        let part = sent.await.unwrap();
        let of_guest = uploads(server).await;
        assert_eq!(of_guest, [(of_guest[0].0.clone(), 1)]);

        killed(server).await;
        let left = uploads(server).await;
        assert_eq!(left.len(), 2, "{left:?}");
        assert_eq!(left[1].1, PARTS);
        assert_eq!(marks(server).await, 1);

        // Half a day has not passed: that host might live. Another put that does, too.
        let going_on = {
            let driver = container(&server.provider().await, SCOPE).await;
            tokio::spawn(async move {
                let idle = endless(bytes(LARGE, 4));
                driver.put("going-on", idle, options(Expected::Any)).await
            })
        };
        until_marks(server, 2).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(marks(server).await, 2);
        going_on.abort();
        until_marks(server, 1).await;
        assert_eq!(uploads(server).await, left);

        let later = server.provider_at(server.endpoint(), AT_ONCE).await;
        let driver = container(&later, SCOPE).await;
        until_marks(server, 0).await;
        assert_eq!(uploads(server).await, of_guest);
        let found = driver.head("old").await.unwrap().unwrap();
        assert_eq!(found.version, version);
        assert!(read(&driver, "old").await.unwrap() == Some(bytes(LARGE, 1)));
        let parts = [part];
        let done = driver.complete("old", &upload, &parts, &Expected::Any);
        done.await.unwrap();
        assert!(read(&driver, "old").await.unwrap() == Some(bytes(9, 3)));
        later.close(&scope(SCOPE, &[])).await.unwrap();
    });
}

/// What lies where the marks do ends nothing of another container, whoever wrote it, and
/// does not stay.
#[test]
fn marks_of_others_end_nothing() {
    S3.on_server(async |server| {
        let provider = server.provider().await;
        let other = container(&provider, "other").await;
        let upload = other.begin("k", "text/plain".into(), Metadata::new());
        upload.await.unwrap();
        let (client, bucket) = client(&server.settings(server.endpoint(), &[])).await;
        let begun = client.list_multipart_uploads().bucket(&bucket).send();
        let begun = begun.await.unwrap();
        let (key, id) = (begun.uploads()[0].key(), begun.uploads()[0].upload_id());
        let forged = format!("{}\n{}", key.unwrap(), id.unwrap());
        for (name, text) in [("a", forged), ("b", "odd".to_owned())] {
            let put = client.put_object().bucket(&bucket);
            let put = put.key(format!("{SCOPE}/put/data/{name}"));
            put.body(text.into_bytes().into()).send().await.unwrap();
        }
        assert_eq!(marks(server).await, 2);
        let later = server.provider_at(server.endpoint(), AT_ONCE).await;
        container(&later, SCOPE).await;
        until_marks(server, 0).await;
        assert_eq!(uploads(server).await.len(), 1);
        for scopes in [SCOPE, "other"] {
            later.close(&scope(scopes, &[])).await.unwrap();
        }
    });
}
