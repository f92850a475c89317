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
