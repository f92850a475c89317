//! A provider over a folder.

use std::path::Path;
use std::sync::Arc;

use cloud_contract::{Provider, Result, Settings};

pub(crate) async fn connect(directory: &Path) -> Result<Arc<dyn Provider>> {
    let settings = Settings {
        directory: Some(directory.to_owned()),
        ..Settings::default()
    };
    (provider_local::FACTORY.connect)(settings).await
}

/// Waits for what happens soon.
#[allow(dead_code, reason = "not all tests wait")]
pub(crate) async fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if done() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("not in a minute: {what}");
}
