//! The service of a test: Azurite, or a server that answers as a test wants.
#![allow(dead_code, reason = "each test file uses a part")]

pub(crate) mod fake;

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::keyvalue::{Conditional, Driver, Expected, SetOptions, Version};
use cloud_contract::{Bytes, Provider, Result, Settings};
use provider_azure_tables::FACTORY;
use provider_tests::Subject;

pub(crate) const TABLES: Subject = Subject {
    secrets: &["devstore", FAKE_TABLE],
    left: |settings| Box::pin(entities(settings)),
    ..Subject::of(&FACTORY)
};

/// The table of the fake.
const FAKE_TABLE: &str = "cwtest";

/// Connects to a fake.
pub(crate) async fn connect(endpoint: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Provider>> {
    let settings = TABLES.settings(endpoint, options);
    (FACTORY.connect)(settings.or(&[("table", FAKE_TABLE)])).await
}

pub(crate) async fn put(
    driver: &Arc<dyn Driver>,
    key: &str,
    value: &str,
    expected: Expected,
    ttl: Option<Duration>,
) -> Result<Conditional<Option<Version>>> {
    let value = Bytes::copy_from_slice(value.as_bytes());
    driver.set(key, value, SetOptions { expected, ttl }).await
}

/// How many entities the table holds, but for the clock, as the service says.
async fn entities(settings: Settings) -> u64 {
    use base64::Engine as _;
    use hmac::{KeyInit as _, Mac as _};
    let endpoint = settings.endpoint.unwrap();
    let [table, key] = ["table", "key"].map(|name| &settings.options[name]);
    let url = format!("{endpoint}/{table}()?$select=PartitionKey");
    let path = reqwest::Url::parse(&url).unwrap().path().to_owned();
    let date = azure_core::time::to_rfc7231(&azure_core::time::OffsetDateTime::now_utc());
    let base64 = base64::engine::general_purpose::STANDARD;
    let key = base64.decode(key).unwrap();
    let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key)
        .unwrap()
        .chain_update(format!("{date}\n/devstoreaccount1{path}"));
    let signature = base64.encode(mac.finalize().into_bytes());
    let reply = reqwest::Client::new()
        .get(url)
        .header("x-ms-date", date)
        .header(
            "Authorization",
            format!("SharedKeyLite devstoreaccount1:{signature}"),
        )
        .header("Accept", "application/json;odata=nometadata")
        .send()
        .await
        .unwrap();
    let reply: serde_json::Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
    let all = reply["value"].as_array().unwrap().iter();
    all.filter(|entity| entity["PartitionKey"] != "clock")
        .count() as u64
}
