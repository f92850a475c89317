//! `kill -9` of a host in the middle of a large put and of an append. Of the put nothing is
//! in the bucket: the service alone knows its session. Of the append an object is left that
//! nobody composes any more; who opens the container when it is old removes it, and nothing
//! else: neither what was there nor an upload of a guest.
//!
//! The test runs itself again as a child, which writes and says so. The parent kills it.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::blobstore::{Expected, Metadata};
use provider_tests::blob::{STUCK, body, bytes, container, options, put, read, stuck};
use provider_tests::{Child, Server, scope};
use support::GCS;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

const ENDPOINT: &str = "PROVIDER_GCS_KILL_ENDPOINT";
const BUCKET: &str = "PROVIDER_GCS_KILL_BUCKET";
const PLAN: &str = "PROVIDER_GCS_KILL_PLAN";
const SCOPE: &str = "kill";
/// Several pieces, and what has not become one yet.
const LARGE: usize = 30 << 20;
/// How long it may take until what was abandoned is gone.
const GONE: Duration = Duration::from_secs(60);
/// All is old at once.
const AT_ONCE: &[(&str, &str)] = &[("end-all-under-way", "yes")];

/// What the parent runs; on its own it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let (Ok(endpoint), Ok(bucket)) = (std::env::var(ENDPOINT), std::env::var(BUCKET)) else {
        return;
    };
    let provider = GCS.connect(&endpoint, &[("bucket", &bucket)]).await;
    let driver = container(&provider.unwrap(), SCOPE).await;
    let ended = match std::env::var(PLAN).unwrap().as_str() {
        "put" => {
            let put = driver.put("old", stuck(bytes(LARGE, 2)), options(Expected::Any));
            put.await.map(drop)
        }
        _ => {
            let append = driver.append("old", body(bytes(LARGE, 2)), None);
            append.await.map(drop)
        }
    };
    panic!("the child has come to an end: {ended:?}");
}

fn start(server: &Server, endpoint: &str, plan: &str) -> Child {
    let settings = server.settings(server.endpoint(), &[]);
    let bucket = &settings.options["bucket"];
    Child::start(&[(ENDPOINT, endpoint), (BUCKET, bucket), (PLAN, plan)])
}

/// A port that leads to the server, and tells of the first request to compose instead of
/// passing it on.
async fn without_composing(server: &Server) -> (String, Arc<Notify>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (port, asked) = (server.port(), Arc::<Notify>::default());
    let told = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let service = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_service, mut to_service) = service.into_split();
            tokio::spawn(async move { tokio::io::copy(&mut from_service, &mut to_client).await });
            let told = Arc::clone(&told);
            tokio::spawn(async move {
                let mut held = vec![0; 64 << 10];
                while let Ok(count @ 1..) = from_client.read(&mut held).await {
                    let sent = &held[..count];
                    // A request begins where the one before has been answered.
                    if sent.starts_with(b"POST ") && contains(sent, b"/compose") {
                        told.notify_one();
                        std::future::pending::<()>().await;
                    }
                    if to_service.write_all(sent).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (endpoint, asked)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|here| here == part)
}

/// What the bucket has below `_parts/`, asked past the provider.
async fn parts(server: &Server) -> Vec<String> {
    let settings = server.settings(server.endpoint(), &[]);
    let url = format!(
        "{}/storage/v1/b/{}/o?prefix=_parts/{SCOPE}/",
        server.endpoint(),
        settings.options["bucket"],
    );
    let answer = reqwest::get(url).await.unwrap();
    let list: serde_json::Value = answer.json().await.unwrap();
    let items = list["items"].as_array().cloned().unwrap_or_default();
    let name = |item: &serde_json::Value| item["name"].as_str().unwrap().to_owned();
    items.iter().map(name).collect()
}

#[test]
fn what_a_killed_host_leaves_is_removed_and_nothing_else() {
    GCS.on_server(async |server| {
        let provider = server.provider().await;
        let driver = container(&provider, SCOPE).await;
        let version = put(&driver, "old", bytes(LARGE, 1)).await;
        let upload = driver.begin("old", "text/plain".into(), Metadata::new());
        let upload = upload.await.unwrap();
        let sent = driver.put_part("old", &upload, 1, 9, body(bytes(9, 3)));
        let part = sent.await.unwrap();
        let of_guest = parts(server).await;
        assert_eq!(of_guest.len(), 2, "{of_guest:?}");

        let mut child = start(server, server.endpoint(), "put");
        assert!(child.said().any(|words| words == STUCK));
        child.kill();
        assert_eq!(parts(server).await, of_guest);

        let (endpoint, asked) = without_composing(server).await;
        let mut child = start(server, &endpoint, "append");
        tokio::time::timeout(GONE, asked.notified()).await.unwrap();
        child.kill();
        let left = parts(server).await;
        assert_eq!(left.len(), 3, "{left:?}");
        assert!(left.iter().any(|name| name.ends_with("/piece")), "{left:?}");

        // Half a day has not passed: that host might live.
        container(&server.provider().await, SCOPE).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(parts(server).await, left);

        let later = server.provider_at(server.endpoint(), AT_ONCE).await;
        let driver = container(&later, SCOPE).await;
        let until = Instant::now() + GONE;
        while parts(server).await.len() != 2 {
            assert!(Instant::now() < until, "{:?}", parts(server).await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(parts(server).await, of_guest);
        let found = driver.head("old").await.unwrap().unwrap();
        assert_eq!(found.version, version);
        assert!(read(&driver, "old").await.unwrap() == Some(bytes(LARGE, 1)));
        let chosen = [part];
        let done = driver.complete("old", &upload, &chosen, &Expected::Any);
        done.await.unwrap();
        assert!(read(&driver, "old").await.unwrap() == Some(bytes(9, 3)));
        later.close(&scope(SCOPE, &[])).await.unwrap();
    });
}
