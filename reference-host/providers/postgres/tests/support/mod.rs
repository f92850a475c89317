//! The server of a test, and questions to it past the provider.
#![allow(dead_code, reason = "each test file uses a part")]

use provider_postgres::FACTORY;
use provider_tests::{Server, Subject};
use tokio_postgres::{NoTls, SimpleQueryMessage};

pub(crate) const POSTGRES: Subject = Subject {
    secrets: &["kv_"],
    left: |settings| {
        let endpoint = settings.endpoint.unwrap();
        Box::pin(async move { rows(&endpoint).await })
    },
    ..Subject::of(&FACTORY)
};

/// How many rows there are, of all kinds.
async fn rows(endpoint: &str) -> u64 {
    let made = question(endpoint, "SELECT to_regclass('cloud_wit.kv_entry')").await;
    if made == [""] {
        return 0;
    }
    let count = "SELECT (SELECT count(*) FROM cloud_wit.kv_scope) \
         + (SELECT count(*) FROM cloud_wit.kv_store) \
         + (SELECT count(*) FROM cloud_wit.kv_entry)";
    question(endpoint, count).await[0].parse().unwrap()
}

/// Asks the server directly, not through the provider; the first column of each row.
pub(crate) async fn ask(server: &Server, request: &str) -> Vec<String> {
    question(server.endpoint(), request).await
}

async fn question(endpoint: &str, request: &str) -> Vec<String> {
    let (client, connection) = tokio_postgres::connect(endpoint, NoTls).await.unwrap();
    let task = tokio::spawn(connection);
    let answer = client.simple_query(request).await.unwrap();
    drop(client);
    task.await.unwrap().unwrap();
    answer
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
            _ => None,
        })
        .collect()
}
