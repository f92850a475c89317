//! The server of a test, and questions to it past the provider.
#![allow(dead_code, reason = "each test file uses a part")]

use std::time::Duration;

use provider_etcd::FACTORY;
use provider_tests::{Server, Subject};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) const ETCD: Subject = Subject {
    secrets: &["cw/"],
    left: |settings| {
        let endpoint = settings.endpoint.unwrap();
        Box::pin(async move { keys(&endpoint).await + leases(&endpoint).await })
    },
    ..Subject::of(&FACTORY)
};

/// How many keys there are, of all kinds.
async fn keys(endpoint: &str) -> u64 {
    // From U+0000 to the end: all keys.
    let all = r#"{"key":"AA==","range_end":"AA==","count_only":true}"#;
    let answer = post(endpoint, "/v3/kv/range", all).await;
    match answer.split_once(r#""count":""#) {
        Some((_, count)) => count.split('"').next().unwrap().parse().unwrap(),
        None => 0,
    }
}

/// How many leases there are once those that are being revoked are gone.
pub(crate) async fn leases(endpoint: &str) -> u64 {
    let mut before = None;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let answer = post(endpoint, "/v3/lease/leases", "{}").await;
        let now = answer.matches(r#""ID""#).count() as u64;
        if now == 0 || before.replace(now) == Some(now) {
            return now;
        }
    }
}

/// Sends JSON to the server's gateway, not through the provider.
pub(crate) async fn ask(server: &Server, path: &str, json: &str) {
    post(server.endpoint(), path, json).await;
}

async fn post(endpoint: &str, path: &str, json: &str) -> String {
    let length = json.len();
    let head = format!("POST {path} HTTP/1.0\r\nHost: etcd\r\nContent-Length: {length}\r\n\r\n");
    let answer = exchange(endpoint, &(head + json)).await;
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    answer
}

/// How many requests of these kinds the server was sent, by its own count.
pub(crate) async fn requests(server: &Server) -> [u64; 2] {
    let question = "GET /metrics HTTP/1.0\r\nHost: etcd\r\n\r\n";
    let answer = exchange(server.endpoint(), question).await;
    ["Range", "Txn"].map(|method| {
        let begin = format!("grpc_server_started_total{{grpc_method=\"{method}\"");
        let line = answer.lines().find(|line| line.starts_with(&begin));
        let count = line.and_then(|line| line.split(' ').next_back());
        count.unwrap().parse().unwrap()
    })
}

async fn exchange(endpoint: &str, request: &str) -> String {
    let address = endpoint.replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
