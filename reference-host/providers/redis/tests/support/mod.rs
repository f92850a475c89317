//! The server of a test, and questions to it past the provider.
#![allow(dead_code, reason = "each test file uses a part")]

use provider_redis::FACTORY;
use provider_tests::{Server, Subject};
use redis::Value;

pub(crate) const REDIS: Subject = Subject {
    secrets: &["cw:"],
    left: |settings| {
        let endpoint = settings.endpoint.unwrap();
        Box::pin(async move { keys(&endpoint) })
    },
    ..Subject::of(&FACTORY)
};

pub(crate) const DURABLE: Subject = Subject {
    arguments: &["--appendonly", "yes", "--appendfsync", "always"],
    ..REDIS
};

fn keys(endpoint: &str) -> u64 {
    match question(endpoint, &["DBSIZE"]) {
        Value::Int(count) => u64::try_from(count).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// Asks the server directly, not through the provider.
pub(crate) fn ask(server: &Server, request: &[&str]) -> Value {
    question(server.endpoint(), request)
}

fn question(endpoint: &str, request: &[&str]) -> Value {
    let client = redis::Client::open(endpoint).unwrap();
    let mut connection = client.get_connection().unwrap();
    let mut cmd = redis::cmd(request[0]);
    cmd.arg(&request[1..]);
    cmd.query(&mut connection).unwrap()
}
